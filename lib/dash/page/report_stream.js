// report_stream.js - the task stream of a report: what its data tells of each event, and how one is found.
'use strict';
var weft = window.weft || (window.weft = {});

// color_of: of each name its colour; section(id, title, ...parts) makes a part of the page.
// Answers the weft.Stream.
weft.reportStream = (data, view, color_of, section) => {
    const {el, time, count, bytes, percent, plural} = weft;
    const {names, tasks, stream, critical} = data, functions = data.functions.costly;
    const chip = name => el('span', {class: 'chip', style: {background: color_of[name]}});
    const e = stream.events, n = e.begin.length;
    const begin = new Float64Array(n);
    for (let i = 0, now = 0; i < n; i++)
        begin[i] = now += e.begin[i];
    const label = Int32Array.from(e.task, task => task >= 0 ? tasks.name[task] : -1);
    const model = new weft.Model(stream.n_workers, {worker: Uint16Array.from(e.worker), begin, length: Float64Array.from(e.length),
        kind: Uint8Array.from(e.kind), failed: Uint8Array.from(e.failed), label}, stream.cells, stream.cell_ns, names.length);

    // The body of each task; who reads it.
    const body_of = new Int32Array(tasks.name.length).fill(-1);
    for (let i = 0; i < n; i++) {
        if (e.kind[i] === 0)
            body_of[e.task[i]] = i;
    }
    const readers = tasks.deps.map(() => []);
    tasks.deps.forEach((deps, i) => deps.forEach(d => readers[d].push(i)));

    const facts = pairs => el('dl', {}, pairs.filter(Boolean).map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
    const ink_of = i => weft.kinds[e.kind[i]].ink ? `var(${e.failed[i] ? '--error' : weft.kinds[e.kind[i]].ink})` : e.failed[i] ? 'var(--error)' : color_of[label[i]];
    const heading = i => el('b', {}, el('i', {style: {background: ink_of(i)}}), weft.kinds[e.kind[i]].waits && e.task[i] < 0 ? weft.kinds[e.kind[i]].name
        : e.task[i] >= 0 ? tasks.key[e.task[i]] || names[label[i]] : weft.kinds[e.kind[i]].name);
    function known(i) {
        const task = e.task[i], kind = weft.kinds[e.kind[i]];
        return [
            task >= 0 && ['function', names[label[i]]],
            e.kind[i] !== 0 && ['what', kind.name],
            ['time', time(e.length[i])],
            ['from, to', `${time(begin[i])}, ${time(begin[i] + e.length[i])}`],
            ['worker', String(e.worker[i])],
            e.failed[i] === 1 && ['failed', 'yes'],
            task >= 0 && !kind.waits && ['slack', tasks.slack[task] < 0 ? 'none: on the critical path' : time(tasks.slack[task])],
            task >= 0 && tasks.bytes[task] > 0 && ['result', bytes(tasks.bytes[task])],
            task >= 0 && tasks.line[task] > 0 && ['added at', `${data.files[tasks.file[task]]}:${tasks.line[task]}`],
            task >= 0 && ['waits for', plural(tasks.n_deps[task], 'task')],
        ];
    }

    const details = el('div', {class: 'details', hidden: true, 'aria-live': 'polite'});
    const list = (others, total, close) => total === 0 ? el('p', {class: 'soft'}, 'nothing') : [el('ul', {}, others.map(t => el('li', {},
        el('button', {type: 'button', disabled: body_of[t] < 0, onclick: () => the_stream.select(body_of[t], true)}, chip(tasks.name[t]), tasks.key[t] || names[tasks.name[t]])))),
        others.length < total && el('p', {}, `${plural(total - others.length, 'other')} not shown one by one`)];
    function select(i) {
        details.hidden = i < 0;
        if (i < 0)
            return;
        const task = e.task[i];
        details.replaceChildren(...[
            el('button', {class: 'close', type: 'button', 'aria-label': 'let go', onclick: () => the_stream.select(-1)}, '✕'),
            el('div', {}, el('h3', {}, heading(i).textContent), facts(known(i))),
            task >= 0 && el('div', {}, el('h3', {class: 'before'}, 'waited for'), list(tasks.deps[task], tasks.n_deps[task])),
            task >= 0 && el('div', {}, el('h3', {class: 'after'}, 'read by'), list(readers[task], readers[task].length)),
        ].filter(Boolean));
    }

    const the_stream = new weft.Stream(view, {
        label: l => color_of[l] || '#888',
        name: l => names[l],
        describe: i => [heading(i), facts(known(i))],
        describe_cell: c => {
            const [, , l, busy, part, some] = stream.cells.slice(c, c + 6);
            return [el('b', {}, `${plural(some, 'event')} begin here, each under ${time(stream.shortest_ns || stream.cell_ns)}`), facts([
                ['time', `${percent(busy / 1000)} of these ${time(stream.cell_ns)}`],
                ['mostly', `${l < names.length ? names[l] : weft.kinds[l - names.length].name}, ${percent(part / 1000)} of it`]])];
        },
        idle: (w, at) => [el('b', {}, `worker ${w}, nothing to do`), facts([['at', time(at)]])],
        near: i => e.task[i] < 0 ? {before: [], after: []} : {
            before: tasks.deps[e.task[i]].map(t => body_of[t]).filter(k => k >= 0),
            after: readers[e.task[i]].map(t => body_of[t]).filter(k => k >= 0),
        },
        onselect: select,
    });

    const left_out = stream.n_events - stream.n_shown;

    // The legend lights up one function, or the critical path.
    const light = (button, lit) => {
        const off = button.getAttribute('aria-pressed') === 'true';
        legend.querySelectorAll('button').forEach(b => b.setAttribute('aria-pressed', b === button && !off));
        the_stream.light(off ? null : lit);
    };
    const most = 14;
    const kinds_here = new Set(e.kind.map(k => weft.kinds[k].ink).filter(Boolean));
    const legend = el('div', {class: 'legend'},
        functions.slice(0, most).map(f => el('button', {type: 'button', 'aria-pressed': 'false', title: 'light up', onclick: event => light(event.currentTarget, {event: i => label[i] === f.place, cell: l => l === f.place})},
            el('i', {style: {background: color_of[f.place]}}), f.name)),
        critical.n > 0 && el('button', {type: 'button', 'aria-pressed': 'false', title: 'light up',
            onclick: event => light(event.currentTarget, {event: i => e.kind[i] === 0 && tasks.slack[e.task[i]] < 0, cell: () => false})},
            el('i', {style: {background: 'var(--bad)', borderRadius: '50%'}}), 'critical path'),
        functions.length > most && el('span', {}, `and ${plural(functions.length - most, 'function')} more`),
        kinds_here.has('--transfer') && el('span', {}, el('i', {style: {background: 'var(--transfer)'}}), 'transfer'),
        kinds_here.has('--disk') && el('span', {}, el('i', {style: {background: 'var(--disk)'}}), 'disk'),
        kinds_here.has('--steal') && el('span', {}, el('i', {style: {background: 'var(--steal)'}}), 'stealing'),
        kinds_here.has('--starved') && el('span', {}, el('i', {style: {background: 'var(--starved)'}}), 'waiting for memory or a resource'),
        e.failed.includes(1) && el('span', {}, el('i', {style: {background: 'var(--error)'}}), 'failed'),
        left_out > 0 && el('span', {}, el('i', {class: 'hatched'}), 'many short ones'),
        el('span', {}, el('i', {style: {background: 'var(--idle)'}}), 'idle'));

    const search = el('input', {type: 'search', placeholder: 'find a task by its key', 'aria-label': 'Find a task by its key'});
    let last = -1;
    search.addEventListener('keydown', event => {
        if (event.key !== 'Enter' || !search.value)
            return;
        const word = search.value.toLowerCase();
        for (let k = 1; k <= tasks.key.length; k++) {
            const t = (last + k + tasks.key.length) % tasks.key.length;
            if (body_of[t] >= 0 && tasks.key[t].toLowerCase().includes(word)) {
                last = t;
                the_stream.select(body_of[t], true);
                return;
            }
        }
        search.setCustomValidity('no task shown here has this in its key');
        search.reportValidity();
        search.setCustomValidity('');
    });

    const button = (text, label, f) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: f}, text);
    const s = section('stream', 'Task stream', el('p', {class: 'about'},
        'A row for each worker, a rectangle for each body. Wheel: zoom; drag: move; click: what it waited for and who reads it; double click: all.',
        left_out > 0 && el('span', {id: 'left-out'}, ` Of ${plural(stream.n_events, 'event')} ${count(stream.n_shown)} are shown one by one: `
            + `${stream.n_failed ? `${count(stream.n_failed_shown)} of ${count(stream.n_failed)} that failed, ` : ''}`
            + `${count(stream.n_critical_shown)} of ${count(stream.n_critical)} on the critical path, and all others longer than ${time(stream.shortest_ns)}. `
            + `The ${count(left_out)} left are summed up in cells of ${time(stream.cell_ns)}: as pale as they were idle, hatched from near, in the colour of the function that took most.`)),
        the_stream.element, weft.minimap(view, model, the_stream, stream), legend, details);
    s.querySelector('.head').append(el('div', {class: 'tools'}, search, button('+', 'zoom in', () => view.zoom(0.5)),
        button('−', 'zoom out', () => view.zoom(2)), button('all', 'show all of it', () => view.reset())));
    the_stream.show(model);
    return the_stream;
};
