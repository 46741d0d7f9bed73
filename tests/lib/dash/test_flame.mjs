// test_flame.mjs NPM WEFT - a flame graph in Chromium: a click shows a box as wide as the picture, with what is
// upon it and beneath, and words are found.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser } from './browser.mjs';

const [npm, weft] = process.argv.slice(2);
const browser = await open_browser(npm) ?? process.exit(77);

//  read;parse;digit 60   read;parse 30   read;copy 10 | write;put 95   write;<T> & "x" 5
const stacks = 'read;parse;digit 60\nread;parse 30\nread;copy 10\nwrite;put 95\nwrite;<T> & "x" 5\n';
const dir = mkdtempSync(join(tmpdir(), 'weft-flame-'));
try {
    writeFileSync(join(dir, 'in.folded'), stacks);
    execFileSync(weft, ['profile', join(dir, 'in.folded'), '-o', join(dir, 'out.svg')]);
    const page = await browser.newPage({viewport: {width: 1240, height: 400}}), wrong = [], asked = [];
    page.on('pageerror', e => wrong.push(e.message));
    page.on('console', m => wrong.push(m.text()));
    page.on('request', r => asked.push(r.url()));
    await page.goto('file://' + join(dir, 'out.svg'));

    // What is seen: of each box its width, and the words in it.
    const seen = () => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('g')]
        .filter(g => g.style.display !== 'none')
        .map(g => [g.querySelector('title').textContent.split('\n')[0],
                   {width: +g.querySelector('rect').getAttribute('width'), text: g.querySelector('text').textContent,
                    past: g.classList.contains('past'), found: g.classList.contains('found')}])));
    const click = name => page.locator('g', {has: page.locator('title', {hasText: new RegExp('^' + name + '\\s')})}).click();
    const near = (a, b) => assert(Math.abs(a - b) < 0.1, `${a} is not ${b}`);

    const first = await seen();
    assert.deepEqual(Object.keys(first).sort(), ['<T> & "x"', 'all', 'copy', 'digit', 'parse', 'put', 'read', 'write']);
    near(first.all.width, 1176);
    near(first.read.width, 588);
    assert.equal(first.copy.text, 'copy');

    await click('read');
    const wide = await seen();
    assert.deepEqual(Object.keys(wide).sort(), ['all', 'copy', 'digit', 'parse', 'read']);
    near(wide.read.width, 1176);
    near(wide.parse.width, 1176 * 0.9);
    near(wide.copy.width, 1176 * 0.1);
    assert(wide.all.past && !wide.read.past && !wide.parse.past);

    await page.getByText('show all').click();
    for (const [name, box] of Object.entries(await seen()))
        near(box.width, first[name].width);

    let answer = 'p';
    page.on('dialog', d => d.accept(answer));
    await page.keyboard.press('Control+f');
    const found = Object.entries(await seen()).filter(([, box]) => box.found).map(([name]) => name);
    assert.deepEqual(found.sort(), ['copy', 'parse', 'put']);
    assert.equal(await page.textContent('#found'), '3 found, 97.5 %');
    answer = '/^re.d$/';
    await page.getByText('find', {exact: true}).click();
    assert.equal(await page.textContent('#found'), '1 found, 50.0 %');
    answer = '';
    await page.getByText('find', {exact: true}).click();
    assert.equal(await page.textContent('#found'), '');

    assert.deepEqual(wrong, []);
    assert.equal(asked.length, 1, 'it asks for nothing but itself');
} finally {
    await browser.close();
    rmSync(dir, {recursive: true});
}
