// test_page.mjs NPM WEFT MAKE_TRACE - reports as a reader sees them, in Chromium: they open
// without a network, show what the trace says, and do what the mouse and the keyboard ask.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser } from './browser.mjs';

const [npm, weft, make_trace] = process.argv.slice(2);
const browser = await open_browser(npm) ?? process.exit(77);

const dir = mkdtempSync(join(tmpdir(), 'weft-page-'));

// A report of make_trace(arguments), open in a page; whatever it complains about is in page.said,
// whatever it asks for in page.asked.
const report = (name, ...made) => report_with([], name, ...made);

// The same, asked for with options.
async function report_with(options, name, ...made) {
    const trace = join(dir, `${name}.trace`), html = join(dir, `${name}.html`);
    execFileSync(make_trace, [trace, ...made.map(String)]);
    execFileSync(weft, ['report', trace, '-o', html, ...options]);
    const page = await browser.newPage({colorScheme: 'light', viewport: {width: 1280, height: 900}});
    page.said = [];
    page.asked = [];
    page.html = html;
    page.trace = trace;
    page.on('console', message => page.said.push(message.text()));
    page.on('pageerror', error => page.said.push(error.message));
    page.on('request', request => page.asked.push(request.url()));
    await page.context().setOffline(true);
    await page.goto('file://' + html);
    await page.waitForFunction('window.weft && weft.page');
    return page;
}

const rows = (page, id) => page.$$eval(`#${id} tbody tr`, all => all.map(tr => [...tr.cells].map(td => td.dataset.value)));
const frames = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));

// Where event i is on the screen.
const place = (page, i) => page.evaluate(k => {
    const s = weft.page.stream, [x, y, width, height] = s.box(k), c = s.canvas.getBoundingClientRect();
    return {x: c.left + x + width / 2, y: c.top + y + height * 0.8};
}, i);

// The number of a wide body with dependencies, none within it.
const some_body = page => page.evaluate(() => {
    const {stream: {model}, data: {stream: {events}, tasks}} = weft.page;
    for (let i = 1, best = -1; i < model.n; i++) {
        if (events.kind[i] === 0 && tasks.deps[events.task[i]].length && model.depth[i] === 0
            && (i + 1 === model.n || model.depth[i + 1] === 0) && (best < 0 || model.length[i] > model.length[best]))
            best = i;
        if (i === model.n - 1)
            return best;
    }
});

let page, small;
const tests = {
    async 'it opens without a network, asks for nothing and says nothing'() {
        assert.deepEqual(small.asked, ['file://' + small.html]);
        assert.deepEqual(small.said, []);
        const policy = await small.getAttribute('meta[http-equiv=Content-Security-Policy]', 'content');
        assert.match(policy, /^default-src 'none'/);
    },

    async 'the figures of the page are those that weft trace tells'() {
        const told = JSON.parse(execFileSync(weft, ['trace', small.trace, '--json']));
        const figures = await small.$$eval('[data-figure]', all => Object.fromEntries(all.map(e => [e.dataset.figure, +e.dataset.value])));
        assert.equal(figures.duration, told.stats.makespan_ns);
        assert.equal(figures.tasks, told.stats.tasks);
        assert.equal(figures.workers, told.stats.workers);
        assert.equal(figures.work, told.stats.work_ns);
        assert.equal(figures.span, told.stats.span_ns);
        assert.equal(figures['burdened span'], told.stats.burdened_span_ns);
        assert.ok(Math.abs(figures.parallelism / told.stats.parallelism - 1) < 1e-6);
        assert.deepEqual((await rows(small, 'functions')).map(r => [r[0], +r[1], +r[2]]), told.functions.map(f => [f.name, f.tasks, f.total_ns]));
        assert.deepEqual((await rows(small, 'critical')).map(r => [r[1], +r[2], +r[4]]), told.critical.map(c => [c.key, c.length_ns, c.drag_ns]));
        assert.deepEqual((await rows(small, 'runs')).map(r => [+r[2], +r[6], +r[7]]), told.runs.map(r => [r.tasks, r.work_ns, r.span_ns]));
        const executing = told.workers.filter(w => typeof w.worker === 'number').reduce((sum, w) => sum + w.executing_ns, 0);
        assert.equal(+await small.getAttribute('[data-share=executing_ns]', 'data-value'), executing);
        for (const step of await small.$$eval('[data-path]', all => all.map(e => [e.dataset.path, +e.dataset.value])))
            assert.equal(step[1], told.makespan_by_step[`${step[0]}_ns`], step[0]);
        assert.equal((await rows(small, 'workers')).length, 4);
        assert.ok(told.stats.spawned > 0);
        assert.ok((await small.textContent('#parallelism .about')).includes(`those of ${told.curves.ideal.peak} tasks at most, and what they spawned`));
        assert.ok((await small.textContent('#machine')).includes(` and ${told.stats.spawned} that were spawned`));
        // What tasks cost, summed up here from the events: a spawned body lies within that of its own task.
        const data = await small.evaluate('weft.page.data'), total = {}, {events} = data.stream;
        events.kind.forEach((kind, i) => {
            if (kind === 0 || kind >= 9)
                total[data.names[data.tasks.name[events.task[i]]]] = (total[data.names[data.tasks.name[events.task[i]]]] || 0) + events.length[i];
        });
        for (const [name, , sum] of await rows(small, 'functions'))
            assert.equal(+sum, total[name], name);
    },

    async 'the graph is in the page'() {
        if (!await small.$('#pictured'))
            throw new Error('there is no picture');
        assert.equal(await small.locator('#pictured svg g.node').count(), await small.evaluate('weft.page.data.stats.n_tasks'));
        const before = await small.getAttribute('#pictured svg', 'viewBox');
        await small.click('#pictured button[aria-label="zoom in"]');
        assert.notEqual(await small.getAttribute('#pictured svg', 'viewBox'), before);
    },

    async 'a hint tells what is under the mouse'() {
        const i = await some_body(small), at = await place(small, i);
        await small.locator('#stream').scrollIntoViewIfNeeded();
        const {x, y} = await place(small, i);
        await small.mouse.move(x, y);
        const said = await small.textContent('.hint');
        const expected = await small.evaluate(k => {
            const {data: {stream: {events}, tasks}} = weft.page;
            return [tasks.key[events.task[k]], weft.time(events.length[k])];
        }, i);
        for (const words of expected)
            assert.ok(said.includes(words), `${said} lacks ${words}`);
    },

    async 'a click tells what a task waited for and who reads it; Escape lets go'() {
        const i = await some_body(small), {x, y} = await place(small, i);
        await small.mouse.click(x, y);
        const {deps, readers} = await small.evaluate(k => {
            const {data: {stream: {events}, tasks}} = weft.page, task = events.task[k];
            return {deps: tasks.deps[task].map(d => tasks.key[d]),
                readers: tasks.deps.map((list, t) => list.includes(task) ? tasks.key[t] : null).filter(Boolean)};
        }, i);
        const listed = await small.$$eval('.details li', all => all.map(li => li.textContent));
        assert.deepEqual(listed, [...deps, ...readers]);
        assert.equal(await small.evaluate('weft.page.stream.selected'), i);
        await small.keyboard.press('Escape');
        assert.equal(await small.evaluate('weft.page.stream.selected'), -1);
        assert.ok(await small.locator('.details').isHidden());
    },

    async 'the wheel zooms where the mouse is, a drag moves, and all charts follow'() {
        const state = () => small.evaluate(() => ({from: weft.page.view.from, to: weft.page.view.to,
            at: weft.page.stream.time(500), charts: weft.page.charts.map(c => [c.scale.min, c.scale.max])}));
        const box = await small.locator('.stream .pane').boundingBox();
        const before = await state();
        await small.mouse.move(box.x + 500, box.y + 40);
        for (let i = 0; i < 5; i++)
            await small.mouse.wheel(0, -200);
        await small.waitForFunction(span => weft.page.view.span < span, (before.to - before.from) / 4);
        const near = await state();
        assert.ok(Math.abs(near.at - before.at) < (near.to - near.from) / 100, 'the time under the mouse has moved');
        await small.mouse.down();
        await small.mouse.move(box.x + 400, box.y + 40, {steps: 4});
        await small.mouse.up();
        const moved = await state();
        assert.ok(moved.from > near.from && Math.abs((moved.to - moved.from) - (near.to - near.from)) < 1);
        await frames(small);
        for (const [min, max] of (await state()).charts) {
            assert.equal(min, moved.from);
            assert.equal(max, moved.to);
        }
        await small.mouse.dblclick(box.x + 30, box.y + 40);
        const all = await state();
        assert.deepEqual([all.from, all.to], [before.from, before.to]);
    },

    async 'the keyboard does what the mouse does'() {
        await small.focus('.stream .pane');
        const span = () => small.evaluate('weft.page.view.span');
        const all = await span();
        await small.keyboard.press('+');
        assert.ok(await span() < all);
        await small.keyboard.press('0');
        assert.equal(await span(), all);
        await small.keyboard.press('n');
        assert.ok(await small.evaluate('weft.page.stream.selected') >= 0);
        await small.keyboard.press('Escape');
        // Every way to sort, zoom or open is a button, and none of them lacks a name.
        const nameless = await small.$$eval('button', all => all.filter(b => !b.textContent.trim() && !b.getAttribute('aria-label') && !b.hidden).length);
        assert.equal(nameless, 0);
    },

    async 'the legend lights up one function, and the critical path'() {
        const drawn = () => small.evaluate(() => weft.page.stream.canvas.toDataURL());
        await frames(small); // what was let go just now is drawn
        const seen = [await drawn()];
        for (const name of ['load', 'critical path']) {
            const button = small.locator('#stream .legend button', {hasText: name});
            await button.click();
            await frames(small);
            assert.equal(await button.getAttribute('aria-pressed'), 'true');
            seen.push(await drawn());
        }
        assert.equal(new Set(seen).size, 3);
        await small.locator('#stream .legend button', {hasText: 'critical path'}).click();
        await frames(small);
        assert.equal(await drawn(), seen[0]);
    },

    async 'a task is found by its key'() {
        await small.fill('input[type=search]', 'HISTOGRAM');
        await small.press('input[type=search]', 'Enter');
        const key = await small.evaluate(() => weft.page.data.tasks.key[weft.page.data.stream.events.task[weft.page.stream.selected]]);
        assert.match(key, /^histogram/);
        await small.evaluate('weft.page.stream.select(-1); weft.page.view.reset()');
    },

    async 'tables are sorted by the column that is clicked'() {
        const column = async i => (await rows(small, 'functions')).map(r => +r[i]);
        const sorted = (list, by) => [...list].sort(by);
        assert.deepEqual(await column(2), sorted(await column(2), (a, b) => b - a));
        await small.click('#functions th:nth-child(2) button');
        assert.deepEqual(await column(1), sorted(await column(1), (a, b) => b - a));
        assert.equal(await small.getAttribute('#functions th:nth-child(2)', 'aria-sort'), 'descending');
        await small.click('#functions th:nth-child(2) button');
        assert.deepEqual(await column(1), sorted(await column(1), (a, b) => a - b));
        await small.click('#functions th:nth-child(1) button');
        const names = (await rows(small, 'functions')).map(r => r[0]);
        assert.deepEqual(names, sorted(names));
        const few = (await rows(small, 'results')).length;
        await small.click('#results .more');
        assert.ok((await rows(small, 'results')).length > few);
    },

    async 'it is dark where the desktop is, and prints without what one cannot press on paper'() {
        const ground = () => small.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const drawn = () => small.evaluate(() => weft.page.stream.canvas.toDataURL());
        const light = await ground(), light_drawn = await drawn();
        await small.emulateMedia({colorScheme: 'dark'});
        await frames(small);
        assert.notEqual(await ground(), light);
        assert.notEqual(await drawn(), light_drawn);
        const dark_drawn = await drawn();
        await small.emulateMedia({media: 'print', colorScheme: 'dark'});
        await frames(small);
        assert.notEqual(await drawn(), dark_drawn, 'by night it prints white on white');
        assert.equal(await ground(), 'rgb(255, 255, 255)');
        assert.ok(await small.locator('header.top').isHidden());
        assert.ok(await small.locator('#stream .tools').isHidden());
        await small.emulateMedia({media: 'screen', colorScheme: 'light'});
        assert.deepEqual(small.said, []);
    },

    async 'runs of one sample each have no curve of memory'() {
        const shown = () => page.locator('#time').getByText('Memory of each run').count();
        page = await report('runs', 400, 2);
        assert.equal(await shown(), 1);
        const [, head, json, rest] = readFileSync(page.html, 'utf8').match(/^(.*?type="application\/json"[^>]*>)(.*?)(<\/script>.*)$/s);
        const data = JSON.parse(json), at = data.runs.map(r => data.samples.at_ns.findIndex(t => t >= r.begin_ns));
        for (const key in data.samples)
            data.samples[key] = at.map(i => data.samples[key][i]);
        writeFileSync(page.html, head + JSON.stringify(data).replaceAll('<', '\\u003c') + rest);
        await page.reload();
        await page.waitForFunction('window.weft && weft.page');
        assert.deepEqual(page.said, []);
        assert.equal(await shown(), 0);
    },

    async 'names are text, whatever is in them'() {
        page = await report('hostile', 400, 2, 'hostile');
        assert.deepEqual(page.said, []);
        assert.deepEqual(page.asked, ['file://' + page.html]);
        assert.equal(await page.title(), "evil '</script>' <b> · Weft");
        assert.equal(await page.locator('img').count(), 0);
        const names = (await rows(page, 'functions')).map(r => r[0]);
        assert.ok(names.includes("</script><img src=x onerror=document.title='taken'>"), names.join());
        assert.ok(names.includes('__proto__') && names.includes('Zürich \u2028 🧶'));
        assert.match(await page.textContent('.findings'), /ended early/);
    },

    async 'a profile is a flame graph: as wide as its samples, widened by a click, searched, walked by arrows'() {
        //  read;parse;digit 60   read;parse 30   read;copy 10 | write;put 95   write;<T> & "x" 5   under a thousandth: 1
        writeFileSync(join(dir, 'in.folded'), 'read;parse;digit 6000\nread;parse 3000\nread;copy 1000\nwrite;put 9500\nwrite;<T> & "x" 499\nwrite;few 1\n');
        page = await report_with(['--profile', join(dir, 'in.folded')], 'flame', 100, 2);
        const seen = () => page.$$eval('.flame button', all => Object.fromEntries(all.map(b => {
            const {left, top, width} = b.getBoundingClientRect(), pane = b.parentElement.getBoundingClientRect();
            return [b.textContent, {left: left - pane.left, row: Math.round((top - pane.top) / 19), part: (width + 1) / pane.width,
                past: b.classList.contains('past'), found: b.classList.contains('found')}];
        })));
        const box = name => page.locator('.flame button').getByText(name, {exact: true});
        const near = (a, b) => assert.ok(Math.abs(a - b) < 0.0015, `${a} is not ${b}`);
        await page.locator('.flame button').first().waitFor();

        const first = await seen(), parts = {all: 1, read: 0.5, parse: 0.45, digit: 0.3, copy: 0.05, write: 0.5, put: 0.475, '<T> & "x"': 0.02495};
        assert.deepEqual(Object.keys(first).sort(), Object.keys(parts).sort()); // what nobody could see is not drawn
        for (const [name, part] of Object.entries(parts))
            near(first[name].part, part);
        assert.deepEqual([first.all.row, first.read.row, first.parse.row, first.digit.row], [0, 1, 2, 3]);
        assert.equal(first.digit.left, first.parse.left);

        await box('digit').hover();
        const hint = await page.textContent('.flame .hint');
        for (const words of ['digit', '30\u202f%', '6\u202f000', '67\u202f%'])
            assert.ok(hint.includes(words), `${hint} lacks ${words}`);
        assert.equal(await page.evaluate(() => new weft.Flame({...weft.page.data.profile, rate_hz: 1000}, () => null).amount(1500)), '1.50 s');

        await box('write').click();
        const wide = await seen();
        assert.deepEqual(Object.keys(wide).sort(), ['<T> & "x"', 'all', 'put', 'write']);
        near(wide.write.part, 1);
        near(wide.put.part, 0.95);
        assert.ok(wide.all.past && !wide.write.past);
        await page.keyboard.press('Escape');
        assert.deepEqual(await seen(), first);

        await page.fill('#profile input', 'P');
        const found = Object.entries(await seen()).filter(([, b]) => b.found).map(([name]) => name);
        assert.deepEqual(found.sort(), ['copy', 'parse', 'put']);
        assert.equal(await page.textContent('#profile output'), '3 boxes, 98\u202f%');
        await page.press('#profile input', 'Enter');
        near((await seen()).parse.part, 1);
        await page.click('#profile .tools button');
        await page.fill('#profile input', '');
        assert.deepEqual(await seen(), first);

        // Tab comes to one box of all; arrows to the others.
        assert.equal(await page.locator('.flame button[tabindex="0"]').count(), 1);
        await page.focus('.flame button[tabindex="0"]');
        const at = () => page.evaluate(() => document.activeElement.textContent);
        for (const [key, name] of [['ArrowUp', 'read'], ['ArrowUp', 'all'], ['ArrowDown', 'read'], ['ArrowRight', 'write'], ['ArrowDown', 'put'], ['ArrowUp', 'write'], ['ArrowLeft', 'read']]) {
            await page.keyboard.press(key);
            assert.equal(await at(), name, key);
        }
        assert.ok((await page.textContent('.flame .hint')).startsWith('read'));
        await page.keyboard.press('Enter');
        near((await seen()).read.part, 1);
        assert.equal(await at(), 'read', 'what was widened has the keyboard still');

        const ink = () => page.$$eval('.flame button', all => all.map(b => getComputedStyle(b).backgroundColor).join());
        const light = await ink();
        await page.emulateMedia({colorScheme: 'dark'});
        assert.notEqual(await ink(), light);
        await page.emulateMedia({media: 'print', colorScheme: 'dark'});
        assert.equal(await ink(), light, 'it prints as by day');
        assert.deepEqual(page.said, []);
    },

    async 'a profile in which nothing was seen says so'() {
        writeFileSync(join(dir, 'none.folded'), '');
        page = await report_with(['--profile', join(dir, 'none.folded')], 'unseen', 100, 2);
        assert.match(await page.textContent('#profile'), /Nothing was seen/);
        assert.equal(await page.locator('#profile button').count(), 0);
        assert.deepEqual(page.said, []);
        assert.equal(await small.locator('#profile').count(), 0); // and without a profile there is no such part
    },

    async 'a graph that has not run is shown as one'() {
        page = await report('graph', 100, 0);
        assert.deepEqual(page.said, []);
        assert.equal(await page.locator('#stream').count(), 0);
        assert.match(await page.textContent('.findings'), /has not run/);
    },

    async 'of a million tasks the page is small, and says what it leaves out'() {
        page = await report('million', 1000000, 8);
        assert.deepEqual(page.said, []);
        const bytes = statSync(page.html).size;
        assert.ok(bytes < 6 << 20, `${bytes} bytes`);
        const {n_events, n_shown} = await page.evaluate('weft.page.data.stream');
        assert.ok(n_events > 1000000 && n_shown <= 40000);
        assert.match(await page.textContent('#left-out'), /40\u202f000 are shown one by one/);
        // Between those shown one by one there is a cell to be asked.
        await page.locator('#stream').scrollIntoViewIfNeeded();
        await page.evaluate('weft.page.view.set(weft.page.view.end / 2, weft.page.view.end / 2 + 2e8)');
        const box = await page.locator('.stream .pane').boundingBox();
        let said = '';
        for (let x = 100; x < 1100 && !/begin here/.test(said); x += 7) {
            await page.mouse.move(box.x + x, box.y + 40);
            said = await page.textContent('.hint');
        }
        assert.match(said, /events begin here.*mostly/);
    },
};

let failed = 0;
small = await report('small', 200, 4);
for (const [name, test] of Object.entries(tests)) {
    try {
        const why = await test();
        console.log(why ? `[SKIP] ${name}: ${why}` : `[PASS] ${name}`);
    } catch (error) {
        failed++;
        console.log(`[FAIL] ${name}\n${error.stack}`);
    }
    if (page)
        await page.close();
    page = null;
}
await browser.close();
rmSync(dir, {recursive: true});
process.exit(failed ? 1 : 0);
