// test_dashboard.mjs NPM SERVE_RUN - the live page as who looks at it sees it, in Chromium, while a
// real run goes on; and what Prometheus reads, by a reader of its format that knows nothing of
// who writes it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { open_browser } from './browser.mjs';

const [npm, serve_run] = process.argv.slice(2);
const tests = {};

// A program with a dashboard; `say` lets it go on, `ended` is what it printed.
function program(...options) {
    const child = spawn(serve_run, options, {stdio: ['pipe', 'pipe', 'inherit']});
    const p = {child, printed: '', say: () => child.stdin.write('\n')};
    const waiting = [];
    child.stdout.on('data', bytes => {
        p.printed += bytes;
        waiting.splice(0).forEach(f => f());
    });
    p.until = async word => {
        while (!p.printed.includes(word)) {
            assert.equal(child.exitCode, null, `ended without "${word}": ${p.printed}`);
            await new Promise(done => waiting.push(done));
        }
        return p.printed;
    };
    p.ended = new Promise(done => child.on('close', code => {
        waiting.splice(0).forEach(f => f());
        done(code);
    }));
    p.url = p.until('\n').then(text => text.split('\n')[0]);
    p.base = p.url.then(url => url.replace(/\/status.*/, ''));
    p.end = async () => {
        child.stdin.end('\n\n');
        assert.equal(await p.ended, 0);
    };
    return p;
}

const fetched = url => new Promise((done, failed) => get(url, {agent: false}, answer => {
    let text = '';
    answer.setEncoding('utf8').on('data', part => text += part).on('end', () => done({code: answer.statusCode, headers: answer.headers, text}));
}).on('error', failed));

// ---- Prometheus, text format 0.0.4, as its specification says ------------------------------

function read_metrics(text) {
    const families = new Map(), seen = new Set();
    let family = null;
    assert.ok(text.endsWith('\n'), 'the last line ends');
    for (const line of text.slice(0, -1).split('\n')) {
        let m;
        if ((m = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line))) {
            assert.ok(!families.has(m[1]), `${m[1]} once`);
            assert.match(m[2], /^([^\\]|\\\\|\\n)*$/);
            family = {name: m[1], samples: []};
            families.set(m[1], family);
        } else if ((m = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line))) {
            assert.equal(m[1], family.name, 'TYPE follows HELP');
            assert.equal(family.type, undefined);
            family.type = m[2];
        } else {
            m = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line);
            assert.ok(m, `a line that is no sample: ${line}`);
            assert.equal(m[1], family.name, 'samples of a family stand together');
            assert.ok(family.type, 'TYPE comes before the first sample');
            assert.ok(Number.isFinite(Number(m[3])), `a number: ${line}`);
            assert.ok(!seen.has(m[1] + m[2]), `one sample for each set of labels: ${line}`);
            seen.add(m[1] + m[2]);
            const labels = {};
            for (const [, name, value] of (m[2] || '').matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g))
                labels[name] = value.replace(/\\(.)/g, (_, c) => c === 'n' ? '\n' : c);
            family.samples.push({labels, value: Number(m[3])});
        }
    }
    return families;
}

tests['Prometheus reads what it is told, and it is what has happened'] = async () => {
    const p = program('--chunks', '300', '--us', '20', '--fail-every', '100', '--go-on');
    const base = await p.base;
    const first = await fetched(`${base}/metrics`).catch(() => null);
    await p.ended;
    first && read_metrics(first.text);

    const q = program('--chunks', '300', '--us', '20', '--fail-every', '100');
    q.say();
    await q.until('ran');
    const answer = await fetched(`${await q.base}/metrics`);
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    const families = read_metrics(answer.text);
    for (const {name, type, samples} of families.values()) {
        assert.ok(type === 'counter' === /_total$/.test(name), `${name} is a ${type}`);
        assert.ok(samples.every(s => s.value >= 0), name);
    }
    const of = (name, group) => families.get(name).samples.find(s => s.labels.group === group).value;
    assert.equal(of('weft_tasks_total', 'load'), 300);
    assert.equal(of('weft_tasks_done_total', 'load'), 300);
    assert.equal(of('weft_tasks_failed_total', 'load'), 3);
    assert.equal(of('weft_tasks_done_total', 'clean "quoted" \\ <b>'), 297);
    assert.equal(of('weft_tasks_skipped_total', 'clean "quoted" \\ <b>'), 3);
    assert.equal(of('weft_tasks_skipped_total', 'total'), 1);
    assert.equal(families.get('weft_runs_total').samples[0].value, 1);
    assert.equal(families.get('weft_runs_open').samples[0].value, 0);
    const workers = families.get('weft_worker_tasks_total').samples;
    assert.deepEqual(workers.map(w => w.labels.worker), ['0', '1']);
    assert.equal(workers.reduce((sum, w) => sum + w.value, 0), 300 + 297 + 297);
    await q.end();
};

// ---- The page -------------------------------------------------------------------------------

let browser;

async function look(url, options = {}) {
    const page = await browser.newPage({colorScheme: 'light', viewport: {width: 1280, height: 900}, ...options});
    page.said = [];
    page.asked = [];
    page.on('console', message => page.said.push(message.text()));
    page.on('pageerror', error => page.said.push(error.message));
    page.on('request', request => page.asked.push(request.url()));
    await page.goto(url);
    await page.waitForFunction(() => +document.documentElement.dataset.messages > 0);
    return page;
}

const figure = (page, name) => page.$eval(`[data-figure="${name}"]`, e => +e.dataset.value);
const grown = (page, name, than) => page.waitForFunction(([n, least]) =>
    +document.querySelector(`[data-figure="${n}"]`).dataset.value > least, [name, than]);
const state = page => page.$eval('#state', e => e.dataset.state);
const groups = page => page.$$eval('#groups tbody tr', rows => rows.filter(r => !r.hidden).map(r => [...r.cells].map(c => c.textContent.replace(/\u202f/g, ''))));

const page_tests = {
    async 'numbers grow while it runs, and the end is seen'() {
        const p = program('--chunks', '1500', '--us', '1000', '--fail-every', '700'), base = await p.base;
        const page = await look(await p.url);
        assert.equal(await state(page), 'idle');
        p.say();
        await grown(page, 'tasks done', 0);
        assert.equal(await state(page), 'live');
        const before = await figure(page, 'tasks done');
        await grown(page, 'tasks done', before);
        await grown(page, 'workers busy', 0);
        const part = await figure(page, 'percent');
        assert.ok(part > 0 && part < 1, `${part}`);
        await p.until('ran');
        await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'idle');
        assert.equal(await figure(page, 'percent'), 1);
        assert.equal(await figure(page, 'failed'), 3);
        const list = await groups(page);
        assert.deepEqual(list.map(r => r[0]), ['load', 'clean "quoted" \\ <b>', 'count', 'total']);
        assert.equal(list[0][2], '1500 / 1500');
        assert.equal(list[0][5], '3');
        assert.equal(list[1][2], '1497 / 1500');
        assert.equal(list[1][5], '3 skipped');
        assert.match(await page.textContent('[data-notice=error]'), /chunk 1 cannot be read/);
        assert.equal(await page.$$eval('.flow [data-state]', boxes => boxes.map(b => b.dataset.state).join()), 'failed,done,done,done');
        assert.equal(await page.$$eval('.flow .link', links => links.length), 3);
        await p.end();
        await page.waitForSelector('[data-notice=ended]');
        assert.equal(await state(page), 'ended');
        assert.deepEqual(page.said, []);
        assert.ok(page.asked.every(url => url.startsWith(base) || url.startsWith('data:')), page.asked.join());
        await page.close();
    },

    async 'the task stream has the colours of what ran'() {
        const p = program('--chunks', '20', '--us', '30000');
        const page = await look(await p.url);
        p.say();
        await p.until('ran');
        await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'idle');
        await page.waitForFunction(() => +document.querySelector('[data-figure="percent"]').dataset.value === 1);
        const colors = await page.evaluate(() => {
            const c = document.querySelector('#stream canvas'), all = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            const n = new Map();
            for (let i = 0; i < all.length; i += 4) {
                const key = '#' + [0, 1, 2].map(k => all[i + k].toString(16).padStart(2, '0')).join('');
                n.set(key, (n.get(key) || 0) + 1);
            }
            return [0, 1, 2].map(g => n.get(weft.color(g)) || 0);
        });
        // Twenty bodies of 30 ms each, of 30 s on 1200 points: 1.2 points each, two rows 31 high.
        assert.ok(colors.every(n => n > 200), colors.join());
        await p.end();
        await page.close();
    },

    async 'who comes later sees what was before'() {
        const p = program('--chunks', '100', '--us', '3000');
        const first = await look(await p.url);
        p.say();
        await p.until('ran');
        await first.waitForFunction(() => +document.querySelector('[data-figure="percent"]').dataset.value === 1);
        const second = await look(await p.url);
        const drawn = page => page.evaluate(() => {
            const c = document.querySelector('#stream canvas'), all = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0;
            const wanted = [0, 1, 2].map(g => parseInt(weft.color(g).slice(1), 16));
            for (let i = 0; i < all.length; i += 4)
                n += wanted.includes(all[i] << 16 | all[i + 1] << 8 | all[i + 2]);
            return n;
        });
        const [a, b] = [await drawn(first), await drawn(second)];
        assert.ok(a > 100 && b > a * 0.8, `${a} and ${b}`);
        await p.end();
        await first.close();
        await second.close();
    },

    async 'a pause holds the picture, and going on catches up'() {
        const p = program('--chunks', '3000', '--us', '300');
        const page = await look(await p.url);
        p.say();
        await grown(page, 'tasks done', 10);
        await page.click('#pause');
        const held = await figure(page, 'tasks done'), heard = await page.$eval('html', e => +e.dataset.messages);
        await page.waitForFunction(n => +document.documentElement.dataset.messages >= n + 3, heard);
        assert.equal(await figure(page, 'tasks done'), held);
        assert.equal(await page.textContent('#state'), 'paused');
        await page.click('#pause');
        await grown(page, 'tasks done', held);
        await p.end();
        await page.close();
    },

    async 'a program that is gone is told, and one that comes in its place is shown'() {
        const p = program('--chunks', '10'), url = await p.url, port = new URL(url).port;
        const page = await look(url);
        p.child.kill('SIGKILL');
        await page.waitForSelector('[data-notice=lost]');
        assert.equal(await state(page), 'lost');
        const q = program('--chunks', '30', '--us', '10', '--port', port);
        assert.equal(new URL(await q.url).port, port);
        q.say();
        await q.until('ran');
        await page.waitForFunction(() => +document.querySelector('[data-figure="tasks done"]').dataset.value === 91);
        assert.equal(await page.$('[data-notice=lost]'), null);
        await q.end();
        await page.close();
    },

    async 'the token of the link becomes a cookie and leaves the address'() {
        const p = program('--token', 'a-secret-token', '--chunks', '10', '--us', '10'), base = await p.base;
        const page = await look(await p.url);
        assert.equal(page.url(), `${base}/status`);
        await page.reload();
        await page.waitForFunction(() => +document.documentElement.dataset.messages > 0);
        assert.equal(await page.evaluate(() => document.cookie), '');
        assert.deepEqual(page.said, []);
        const stranger = await browser.newPage();
        assert.equal((await stranger.goto(`${base}/status`)).status(), 401);
        await p.end();
        await page.close();
        await stranger.close();
    },

    async 'a page elsewhere cannot read it'() {
        const p = program('--chunks', '10', '--us', '10'), base = await p.base;
        const page = await browser.newPage();
        await page.goto('about:blank');
        assert.equal(await page.evaluate(url => fetch(url).then(a => a.text(), () => null), `${base}/json`), null);
        assert.equal(await page.evaluate(url => new Promise(done => {
            const source = new EventSource(url);
            source.onmessage = () => done('heard');
            source.onerror = () => done('refused');
        }), `${base}/events`), 'refused');
        await p.end();
        await page.close();
    },

    async 'it is the same by night and on a small screen'() {
        const p = program('--chunks', '200', '--us', '100');
        for (const options of [{colorScheme: 'dark'}, {viewport: {width: 390, height: 800}}]) {
            const page = await look(await p.url, options);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing sticks out');
            assert.deepEqual(page.said, []);
            await page.close();
        }
        await p.end();
    },

    async 'with as many groups as anybody has it still answers'() {
        const p = program('--chunks', '400', '--us', '10', '--groups', '400');
        const page = await look(await p.url);
        p.say();
        await p.until('ran');
        await page.waitForFunction(() => +document.querySelector('[data-figure="percent"]').dataset.value === 1);
        assert.equal((await groups(page)).length, 40);
        await page.click('#groups .more');
        await page.waitForFunction(() => [...document.querySelectorAll('#groups tbody tr')].filter(r => !r.hidden).length > 400);
        assert.equal(await page.$$eval('.flow [data-state]', boxes => boxes.length), 300);
        assert.deepEqual(page.said, []);
        await p.end();
        await page.close();
    },
};

browser = await open_browser(npm);
if (browser)
    Object.assign(tests, page_tests);

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
    try {
        await test();
        console.log(`ok      ${name}`);
    } catch (error) {
        failed++;
        console.log(`FAILED  ${name}\n${error.stack}`);
    }
}
await browser?.close();
process.exit(failed ? 1 : browser ? 0 : 77);
