// dashboard.js - the live page: listens to the program, and shows what it tells.
'use strict';

(() => {
    const {el, time, count, bytes, percent, plural} = weft;
    const state = new weft.State();
    const page = document.getElementById('page');
    const status = document.getElementById('state'), pause = document.getElementById('pause');
    const sections = [];
    let paused = false, source = null, lost = 0;

    weft.dark = () => window.matchMedia('(prefers-color-scheme: dark)').matches;

    // The token is a cookie by now: whoever looks at the address, or is sent it, need not see it.
    if (new URLSearchParams(location.search).has('token'))
        history.replaceState(null, '', location.pathname + location.hash);

    // ---- Parts of the page

    function section(id, title, ...parts) {
        const s = el('section', {class: 'card', id, 'aria-label': title}, el('div', {class: 'head'}, el('h2', {}, title)), ...parts);
        sections.push([id, title]);
        return s;
    }

    const progress = (big) => {
        const parts = ['done', 'failed', 'skipped', 'running'].map(name => el('i', {class: name}));
        const element = el('div', {class: big ? 'progress big' : 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100}, parts);
        return {element, set(g) {
            const of = n => `${g.total > 0 ? 100 * Math.min(n / g.total, 1) : 0}%`;
            [g.done - g.failed, g.failed, g.skipped, g.running].forEach((n, i) => parts[i].style.width = of(n));
            element.setAttribute('aria-valuenow', part(g) * 100 | 0);
        }};
    };
    const part = g => g.total > 0 ? (g.done + g.skipped) / g.total : 0;
    // Never 100 % before the last one.
    const whole_percent = g => g.total > 0 && g.done + g.skipped < g.total ? `${Math.min(99, Math.floor(part(g) * 100))}\u202f%` : g.total > 0 ? '100\u202f%' : '–';
    const rate = x => x >= 9.95 ? count(x) : x.toFixed(1);

    function tile(name, hint) {
        const value = el('b', {'data-figure': name}, '–');
        return {element: el('div', {class: 'tile', title: hint}, value, el('span', {}, name)), set(shown, exact) {
            if (value.textContent !== shown)
                value.textContent = shown;
            value.dataset.value = exact;
        }};
    }

    // A table whose rows stay: cells are asked for their text at each message. `columns`: {label, text,
    // make(i): {element, set(row)}} or {label, show(row)}.
    function rows(columns, name) {
        const body = el('tbody');
        const made = [];
        return {
            element: el('div', {class: 'table'}, el('table', {}, el('thead', {}, el('tr', {}, columns.map(c =>
                el('th', {scope: 'col', class: c.text ? 'text' : 'number', title: c.title}, c.label)))), body)),
            clear() {
                made.length = 0;
                body.replaceChildren();
            },
            set(list, most = Infinity) {
                for (let i = made.length; i < Math.min(list.length, most); i++) {
                    const cells = columns.map(c => {
                        const td = el('td', {class: `${c.text ? 'text' : 'number'} ${c.class || ''}`});
                        const inner = c.make && c.make(i);
                        inner && td.append(inner.element);
                        return {td, set: inner ? inner.set : row => {
                            const shown = c.show(row, i);
                            if (td.textContent !== shown)
                                td.textContent = shown;
                        }};
                    });
                    made.push(cells);
                    body.append(el('tr', {[`data-${name}`]: i}, cells.map(c => c.td)));
                }
                made.forEach((cells, i) => {
                    body.children[i].hidden = i >= list.length;
                    if (i < list.length)
                        cells.forEach(c => c.set(list[i]));
                });
            },
            row: i => body.children[i],
        };
    }

    // ---- What it is made of

    const heading = el('h1', {}, 'Waiting for the program …'), facts = el('p');
    const notices = el('div', {'aria-live': 'polite', hidden: true});

    const whole = {percent: el('b', {'data-figure': 'percent'}, '–'), about: el('span'), left: el('span', {class: 'left'}), bar: progress(true)};
    const tiles = {
        done: tile('tasks done', 'of the runs that go on, or of the last one'),
        rate: tile('tasks per second', 'lately'),
        elapsed: tile('since the start', 'since the dashboard was opened'),
        left: tile('left', 'what is left, by the mean time of a task of each group'),
        busy: tile('workers busy'),
        cores: tile('cores in use', 'time of processors the process uses, per time'),
        memory: tile('memory', 'of the process'),
        failed: tile('failed', 'tasks, of all runs'),
    };

    const most_groups = 40;
    let all_groups = false;
    const group_rows = rows([
        {label: 'group', text: true, class: 'name', make: () => {
            const chip = el('span', {class: 'chip'}), name = el('span'), element = el('span', {}, chip, name);
            return {element, set(g) {
                chip.style.background = weft.color(g.id);
                if (name.textContent !== g.name) {
                    name.textContent = g.name;
                    element.title = g.name;
                }
            }};
        }},
        {label: 'progress', text: true, class: 'wide', make: () => {
            const bar = progress();
            return {element: bar.element, set(g) {
                bar.element.style.setProperty('--of', weft.color(g.id));
                bar.set(g);
            }};
        }},
        {label: 'done', show: g => `${count(g.done)} / ${count(g.total)}`},
        {label: 'running', show: g => g.running ? count(g.running) : ''},
        {label: 'waiting', show: g => {
            const n = g.total - g.done - g.skipped - g.running;
            return n > 0 ? count(n) : '';
        }},
        {label: 'failed', make: () => {
            const element = el('span');
            return {element, set(g) {
                element.textContent = g.failed ? count(g.failed) : g.skipped ? `${count(g.skipped)} skipped` : '';
                element.className = g.failed ? 'failed' : '';
            }};
        }},
        {label: 'mean', title: 'of all its bodies', show: g => g.all_done ? time(g.busy_s / g.all_done * 1e9) : ''},
        {label: 'time', title: 'of all its bodies together', show: g => g.busy_s ? time(g.busy_s * 1e9) : ''},
    ], 'group');
    const more_groups = el('button', {type: 'button', class: 'more', hidden: true, onclick: () => {
        all_groups = !all_groups;
        show();
    }});

    const stream = new weft.LiveStream(state);
    const legend = el('div', {class: 'legend'});
    const missed = el('p', {class: 'about', hidden: true});

    const idle_words = {'-1': 'between bodies', 2: 'idle', 5: 'waits for memory', 6: 'waits for a resource'};
    const worker_rows = rows([
        {label: 'worker', show: (w, i) => String(i)},
        {label: 'load', text: true, make: () => {
            const bar = el('i'), number = el('b');
            return {element: el('div', {class: 'load'}, el('span', {}, bar), number), set(w) {
                bar.style.width = percent(w.load).replace(/\s/g, '');
                number.textContent = percent(w.load);
            }};
        }},
        {label: 'runs now', text: true, class: 'name', make: () => {
            const chip = el('span', {class: 'chip'}), name = el('span'), element = el('span', {}, chip, name);
            return {element, set(w) {
                const g = state.groups[w.group];
                chip.hidden = !g;
                chip.style.background = g ? weft.color(g.id) : '';
                name.className = g ? '' : 'idle';
                name.textContent = g ? g.name : idle_words[w.idle] || 'idle';
            }};
        }},
        {label: 'for', show: w => w.group >= 0 || w.idle >= 0 ? time(Math.max(state.now_s - w.since_s, 0) * 1e9) : ''},
        {label: 'tasks', show: w => count(w.tasks)},
        {label: 'busy', show: w => time(w.busy_s * 1e9)},
        {label: 'core', title: 'the hardware thread it is pinned to', show: w => w.pu >= 0 ? String(w.pu) : '–'},
    ], 'worker');

    // The last minute, as charts.js wants it.
    const view = {from: 0, to: weft.window_s * 1e9, listeners: [], listen(f) { this.listeners.push(f); }, set() {}, reset() {},
        move(now_s) {
            this.to = Math.max(now_s, weft.window_s) * 1e9;
            this.from = this.to - weft.window_s * 1e9;
            this.listeners.forEach(f => f(this));
        }};
    const line = (title, keys, options) => ({keys, chart: weft.chart(title, state.history.at,
        keys.map(([key, label, ink, more]) => ({label, ink, values: state.history[key], ...more})), {view, sync: 'live', ...options})});
    const lines = [
        line('Memory', [['resident', 'process', '--accent', {fill: true}], ['managed', 'results', '--good', {fill: true}],
            ['spilled', 'on disk', '--disk'], ['limit', 'limit', '--bad', {dash: true}]], {format: bytes, height: 190}),
        line('Cores in use', [['cores', 'cores', '--accent', {fill: true}]], {height: 120, least: 1}),
        line('Tasks per second', [['per_s', 'tasks/s', '--schedule', {fill: true}]], {height: 120}),
    ];
    const system_lines = [
        line('Disk, bytes per second', [['written', 'written', '--disk', {fill: true}], ['read', 'read', '--accent']], {format: bytes, height: 120, least: 1 << 20}),
        line('Files open and threads', [['fds', 'files', '--accent', {steps: true}], ['threads', 'threads', '--good', {steps: true}]], {height: 110}),
    ];

    const graph = new weft.LiveGraph(state);
    const graph_note = el('p', {class: 'about', hidden: true});
    const system = el('dl', {class: 'facts'});

    page.replaceChildren(
        el('div', {class: 'title'}, heading, facts), notices,
        section('progress', 'Progress', el('div', {class: 'whole'}, whole.percent, whole.about, whole.left), whole.bar.element),
        el('div', {class: 'tiles'}, Object.values(tiles).map(t => t.element)),
        section('groups', 'Groups of tasks', group_rows.element, more_groups),
        section('stream', 'Task stream', stream.element, legend, missed),
        el('div', {class: 'beside'},
            el('div', {class: 'column'},
                section('workers', 'Workers', el('div', {class: 'scroll'}, worker_rows.element)),
                section('system', 'System', system, system_lines.map(l => l.chart.element))),
            section('memory', 'Memory and work', lines.map(l => l.chart.element))),
        section('graph', 'Graph', graph_note, graph.element),
        el('footer', {}, 'The same for machines: ', ['/json', '/metrics', '/health', '/info'].flatMap((path, i) =>
            [i ? ', ' : '', el('a', {href: path}, path)])));
    document.getElementById('nav').append(...sections.map(([id, title]) => el('a', {href: `#${id}`}, title)));

    // ---- Showing

    function show_title() {
        const a = state.about;
        heading.textContent = a.program.replace(/^\S*\//, '') || 'a program';
        facts.replaceChildren(...[`process ${a.pid}`, a.host, a.machine, plural(state.workers.length, 'worker'), `Weft ${a.version}`]
            .filter(Boolean).map(text => el('span', {}, text)));
    }

    function show_summary() {
        const t = state.tasks, w = state.workers;
        whole.percent.textContent = whole_percent(t);
        whole.percent.dataset.value = part(t);
        whole.about.textContent = !t.total ? 'no task has been submitted yet'
            : `${count(t.done)} of ${plural(t.total, 'task')}` + (t.running ? `, ${count(t.running)} running` : '')
            + (t.failed ? `, ${count(t.failed)} failed` : '') + (t.skipped ? `, ${count(t.skipped)} skipped` : '')
            + (state.runs.open > 1 ? ` · ${count(state.runs.open)} runs at once` : '');
        whole.left.textContent = state.open && t.left_s >= 0 ? `about ${time(t.left_s * 1e9)} left` : state.open ? '' : t.total ? 'nothing runs now' : '';
        whole.bar.set(t);
        tiles.done.set(count(t.done), t.done);
        tiles.rate.set(rate(t.per_s), t.per_s);
        tiles.elapsed.set(time(state.now_s * 1e9), state.now_s);
        tiles.left.set(state.open && t.left_s >= 0 ? time(t.left_s * 1e9) : '–', t.left_s);
        tiles.busy.set(`${w.filter(x => x.group >= 0).length} of ${w.length}`, w.filter(x => x.group >= 0).length);
        tiles.cores.set(state.process.cores.toFixed(1), state.process.cores);
        tiles.memory.set(bytes(state.memory.resident), state.memory.resident);
        tiles.failed.set(count(t.all_failed), t.all_failed);
        document.title = `${state.open ? `${whole.percent.textContent.replace('\u202f', ' ')} · ` : ''}${heading.textContent} · Weft`;
    }

    // Of many groups those that go on, then those that wait, then those that are over.
    function show_groups() {
        const rank = {failed: 0, running: 0, waiting: 1, done: 2};
        let list = state.groups;
        const too_many = list.length > most_groups * 1.25;
        if (too_many && !all_groups)
            list = list.map(g => [rank[state.state_of(g)], g]).sort((a, b) => a[0] - b[0] || a[1].id - b[1].id).map(x => x[1]).slice(0, most_groups);
        group_rows.set(list);
        list.forEach((g, i) => group_rows.row(i).classList.toggle('over', state.state_of(g) === 'done'));
        more_groups.hidden = !too_many;
        more_groups.textContent = all_groups ? 'fewer' : `all ${count(state.groups.length)}`;
    }

    function show_legend() {
        const seen = new Set();
        state.rects.forEach(list => (list || []).slice(-400).forEach(r => r.group >= 0 && seen.add(r.group)));
        state.workers.forEach(w => w.group >= 0 && seen.add(w.group));
        const some = [...seen].sort((a, b) => a - b).slice(0, 14);
        const key = `${some} ${seen.size}`;
        if (legend.dataset.key === key)
            return;
        legend.dataset.key = key;
        const kind = (ink, text) => el('span', {}, el('i', {style: {background: `var(${ink})`}}), text);
        legend.replaceChildren(...some.map(g => el('span', {}, el('i', {style: {background: weft.color(g)}}), state.groups[g].name)),
            ...(seen.size > some.length ? [el('span', {}, `and ${seen.size - some.length} more`)] : []),
            kind('--transfer', 'transfer'), kind('--disk', 'disk'), kind('--error', 'failed'), kind('--starved', 'waits for memory'), kind('--idle', 'idle'));
    }

    function show_system() {
        const p = state.process, m = state.memory, a = state.about;
        const list = [['program', a.program], ['machine', [a.machine, a.host].filter(Boolean).join(', ')], ['Weft', `${a.version}, loops for ${a.isa}${a.features ? `, ${a.features}` : ''}`],
            ['started', new Date(a.began_unix_ms).toLocaleString()],
            ['runs', `${count(state.runs.begun)} begun, ${count(state.runs.open)} open`],
            ['processor time', time(p.cpu_s * 1e9)], ['threads, files open', `${count(p.threads)}, ${count(p.fds)}`],
            ['disk', `${bytes(p.read_bytes)} read, ${bytes(p.written_bytes)} written`],
            ['memory', `results ${bytes(m.managed)}, other ${bytes(m.unmanaged)}${m.limit ? `, limit ${bytes(m.limit)}` : ', no limit'}`],
            ...(m.limit || m.written ? [['on disk', `${bytes(m.spilled)} now; ${bytes(m.written)} written, ${bytes(m.read)} read; ${plural(m.n_waits, 'task')} put aside`]] : [])];
        if (system.children.length !== list.length * 2)
            system.replaceChildren(...list.flatMap(([key]) => [el('dt', {}, key), el('dd')]));
        list.forEach(([, value], i) => {
            const dd = system.children[2 * i + 1];
            if (dd.textContent !== value)
                dd.textContent = value;
        });
    }

    function show_notices() {
        const list = [];
        if (state.ended)
            list.push(el('p', {class: 'notice', 'data-notice': 'ended'}, 'The pool of this program is closed. This is the last it told.'));
        else if (lost)
            list.push(el('p', {class: 'notice lost', 'data-notice': 'lost'}, lost < 4 ? 'No answer; trying again …' : 'The program does not answer: it has ended, or cannot be reached. If it comes back, this page goes on.'));
        if (state.error)
            list.push(el('p', {class: 'notice bad', 'data-notice': 'error'}, `A run failed (${state.error.status}): ${state.error.message} `,
                el('code', {}, [state.error.task, state.error.site].filter(Boolean).join(' · '))));
        const key = list.map(n => n.textContent).join('\n');
        if (notices.dataset.key !== key) {
            notices.dataset.key = key;
            notices.replaceChildren(...list);
            notices.hidden = !list.length;
        }
    }

    function show_state() {
        const [which, text] = state.ended ? ['ended', 'ended'] : lost ? ['lost', 'no answer'] : !state.about ? ['lost', 'connecting']
            : paused ? ['idle', 'paused'] : state.open ? ['live', 'running'] : ['idle', 'idle'];
        status.dataset.state = which;
        status.textContent = text;
    }

    function show() {
        show_notices();
        show_state();
        if (!state.about || document.hidden)
            return;
        show_summary();
        show_groups();
        stream.draw();
        show_legend();
        missed.hidden = !state.missed;
        missed.textContent = `${plural(state.missed, 'event')} came faster than this page looked, and ${state.missed === 1 ? 'is' : 'are'} not in the picture; counts are right.`;
        worker_rows.set(state.workers);
        view.move(state.now_s);
        [...lines, ...system_lines].forEach(l => l.chart.update(state.history.at, l.keys.map(([key]) => state.history[key])));
        graph.draw();
        graph_note.hidden = state.n_groups <= weft.most_boxes;
        graph_note.textContent = `The first ${weft.most_boxes} of ${plural(state.n_groups, 'group')}.`;
        show_system();
    }

    // ---- Listening

    function hear(event) {
        lost = 0;
        if (state.take(JSON.parse(event.data))) {
            group_rows.clear();
            worker_rows.clear();
            stream.anew = true;
            graph.drawn = '';
            show_title();
        }
        document.documentElement.dataset.messages = state.messages;
        if (state.ended)
            source.close();
        if (!paused || state.ended)
            show();
    }

    function listen() {
        source = new EventSource('/events');
        source.onmessage = hear;
        source.onerror = () => {
            lost++;
            if (source.readyState === EventSource.CLOSED && !state.ended)
                setTimeout(listen, Math.min(500 * 2 ** lost, 10000));
            show_notices();
            show_state();
        };
    }

    pause.addEventListener('click', () => {
        paused = !paused;
        pause.textContent = paused ? 'Go on' : 'Pause';
        pause.setAttribute('aria-pressed', paused);
        stream.anew = true;
        show_state();
        paused || show();
    });

    // Who does not look costs nothing.
    document.addEventListener('visibilitychange', () => {
        if (state.ended)
            return;
        source.close();
        if (!document.hidden) {
            stream.anew = true;
            listen();
        }
    });
    show_state();
    listen();
})();
