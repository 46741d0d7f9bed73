// bundle.mjs OUT.c NAME PAGE.html FOLDER... - a page as one file, and that file as a C array.
//
// Styles and scripts the page links to are put in their place, so that nothing is asked of
// anybody when it is opened. They are looked for beside the page, then in the folders; what
// comes from a package brings that package's licence along.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [out, name, page, ...folders] = process.argv.slice(2);

function find(path) {
    for (const folder of [dirname(page), ...folders]) {
        const file = join(folder, path);
        if (existsSync(file))
            return file;
    }
    throw new Error(`${page}: ${path} is in none of ${[dirname(page), ...folders].join(', ')}`);
}

// The licence of the package a file is from, as a comment; '' for our own.
function licence(file) {
    const parts = file.split('/');
    const at = parts.lastIndexOf('node_modules');
    if (at < 0)
        return '';
    return `/*\n${readFileSync([...parts.slice(0, at + 2), 'LICENSE'].join('/'), 'utf8').trim()}\n*/\n`;
}

function read(path, forbidden) {
    const file = find(path);
    const text = readFileSync(file, 'utf8');
    if (text.includes(forbidden))
        throw new Error(`${file}: holds ${forbidden}, and so would end too early in the page`);
    return licence(file) + text.trim();
}

const html = readFileSync(page, 'utf8')
    .replace(/<link rel="stylesheet" href="([^"]+)">/g, (_, path) => `<style>\n${read(path, '</style')}\n</style>`)
    .replace(/<script src="([^"]+)"><\/script>/g, (_, path) => `<script>\n${read(path, '</script')}\n</script>`);

const bytes = Buffer.from(html, 'utf8');
const lines = [];
for (let i = 0; i < bytes.length; i += 32)
    lines.push(Array.from(bytes.subarray(i, i + 32), b => b < 128 ? b : `(char)${b}`).join(',') + ',');
writeFileSync(out, `#include "lib/dash/page.h"
const char ${name}[] = {
${lines.join('\n')}
0};
const size_t ${name}_size = sizeof ${name} - 1;
`);
