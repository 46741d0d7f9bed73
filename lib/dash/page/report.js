// report.js - the report: what it shows, and where.
'use strict';

(() => {
    const {el, time, count, bytes, percent, plural} = weft;
    const data = JSON.parse(document.getElementById('data').textContent);
    const {about, stats, workers, all_workers: all, runs, samples, names, layers, critical, realised, curves, scaling, results, tasks, stream} = data;
    const functions = data.functions.costly;
    const has_run = stats.n_workers > 0 && stats.n_measured > 0;
    const page = document.getElementById('page');
    const view = new weft.View(stream.wall_ns);
    const sections = [];

    weft.dark = () => window.matchMedia('(prefers-color-scheme: dark)').matches;

    // Colours go to functions by the time they took: those seen most differ most.
    const color_of = new Array(names.length).fill('#888');
    const place_of = new Map(names.map((name, i) => [name, i]));
    functions.forEach((f, i) => color_of[f.place = place_of.get(f.name)] = weft.color(i));
    const chip = name => el('span', {class: 'chip', style: {background: color_of[name]}});

    function section(id, title, ...parts) {
        const s = el('section', {class: 'card', id, 'aria-label': title}, el('div', {class: 'head'}, el('h2', {}, title)), ...parts);
        sections.push({id, title, s});
        page.append(s);
        return s;
    }

    // ---- Summary

    const title = about.title || about.program || 'A run of Weft';
    document.title = `${title} · Weft`;
    const when = about.began_ms ? new Date(about.began_ms).toLocaleString(undefined, {dateStyle: 'long', timeStyle: 'medium'}) : '';
    page.replaceChildren(el('div', {class: 'title', id: 'summary'}, el('h1', {}, title), el('p', {},
        [about.title && about.program, about.machine, about.n_cores > 0 && plural(about.n_cores, 'core'),
            about.memory_bytes > 0 && bytes(about.memory_bytes), when, about.version && `Weft ${about.version}`]
            .filter(Boolean).map(text => el('span', {}, text)))));
    sections.push({id: 'summary', title: 'Summary', s: page.firstChild});

    const tile = (name, value, shown, hint) => el('div', {class: 'tile', title: hint}, el('b', {'data-figure': name, 'data-value': value}, shown), el('span', {}, name));
    page.append(el('div', {class: 'tiles'},
        has_run && tile('duration', stats.makespan_ns, time(stats.makespan_ns), 'from the beginning of the first run to the end of the last'),
        tile('tasks', stats.n_tasks, count(stats.n_tasks)),
        has_run && tile('workers', stats.n_workers, count(stats.n_workers)),
        has_run && tile('work', stats.work_ns, time(stats.work_ns), 'all bodies together: the time of one worker'),
        has_run && tile('span', stats.span_ns, time(stats.span_ns), 'the longest path of the graph: the time of any number of workers'),
        has_run && stats.burden_ns > 0 && tile('burdened span', stats.burdened_span_ns, time(stats.burdened_span_ns), `the longest path, with ${time(stats.burden_ns)} wherever a task may go to another worker`),
        tile('parallelism', stats.parallelism, weft.number(stats.parallelism), 'work / span: more workers than this cannot all be busy'),
        has_run && tile('efficiency', all.executing_ns / all.wall_ns, percent(all.executing_ns / all.wall_ns), 'the part of their time in which workers executed bodies'),
        has_run && tile('speed-up', stats.work_ns / stats.makespan_ns, `${weft.number(stats.work_ns / stats.makespan_ns)}×`, 'work / duration: against one worker that does the same'),
        !has_run && tile('dependencies', stats.n_edges, count(stats.n_edges)),
        !has_run && tile('longest path', stats.depth, plural(stats.depth, 'task'))));

    [all, ...workers].forEach(w => w.none_ns = w.before_ns + w.after_ns + w.dry_ns);

    // Where time went, of all workers or of one: [key, label, ink].
    const shares = [['executing_ns', 'executing bodies', '--run'], ['scheduling_ns', 'scheduling', '--schedule'],
        ['stealing_ns', 'stealing', '--steal'], ['disk_ns', 'disk', '--disk'], ['process_ns', 'transfer', '--transfer'],
        ['unfound_ns', 'waking', '--wake'], ['memory_ns', 'waiting for memory', '--starved'], ['need_ns', 'waiting for a resource', '--need'],
        ['none_ns', 'no task ready', '--idle'], ['outside_ns', 'between runs', '--outside']].filter(([key]) => all[key] / all.wall_ns >= 0.0005 || key === 'executing_ns');
    const bars = (w, small) => el('div', {class: small ? 'bars small' : 'bars', role: 'img',
        'aria-label': shares.map(([key, label]) => `${label} ${percent(w[key] / w.wall_ns)}`).join(', ')},
        shares.map(([key, label, ink]) => el('i', {style: {flex: `${w[key]} 0 0px`, background: `var(${ink})`}, title: `${label}: ${time(w[key])}, ${percent(w[key] / w.wall_ns)}`})));

    const found = weft.findings(data);
    section('findings', 'Findings',
        el('ul', {class: 'findings'}, found.map(f => el('li', {class: f.good === true ? 'good' : f.good === false ? 'bad' : null}, f.text))),
        has_run && bars(all),
        has_run && el('div', {class: 'legend'}, shares.map(([key, label, ink]) => el('span', {'data-share': key, 'data-value': all[key]},
            el('i', {style: {background: `var(${ink})`}}), label, ' ', el('b', {}, percent(all[key] / all.wall_ns))))));

    const the_stream = has_run ? weft.reportStream(data, view, color_of, section) : null;

    // ---- Over time, on the same axis

    let charts = [];
    if (has_run) {
        const middle = curve => curve.times_ns || curve.at.map((_, i) => i * curve.width_ns);
        charts = [
            weft.chart('Bodies at once', middle(curves.realised), [
                {label: 'running', values: curves.realised.at, ink: '--run', fill: true, steps: true},
            ], {view, sync: 'time', least: stats.n_workers}),
            weft.chart('Tasks that were ready, and waited for a worker', middle(curves.ready), [
                {label: 'ready', values: curves.ready.at, ink: '--schedule', fill: true, steps: true},
            ], {view, sync: 'time', least: 1, height: 110}),
        ];
        if (curves.memory.peak > 0)
            charts.push(weft.chart('Results held, as far as their size is known', middle(curves.memory), [
                {label: 'results', values: curves.memory.at, ink: '--good', fill: true, steps: true},
            ], {view, sync: 'time', format: bytes}));
        if (samples.at_ns.length) {
            charts.push(weft.chart('Memory', samples.at_ns, [
                {label: 'process', values: samples.resident_bytes, ink: '--run'},
                {label: 'results', values: samples.managed_bytes, ink: '--good', fill: true},
                {label: 'on disk', values: samples.spilled_bytes, ink: '--disk', dash: true},
            ], {view, sync: 'time', format: bytes}));
            charts.push(weft.chart('Processors in use', samples.at_ns, [
                {label: 'cores', values: samples.cores, ink: '--schedule', fill: true},
            ], {view, sync: 'time', least: stats.n_workers}));
        }
        // Runs of one program, one over the other: each from its own beginning.
        if (samples.at_ns.length && runs.length > 1 && runs.length <= 8) {
            const at = samples.at_ns.map(t => runs.findLastIndex(r => r.begin_ns <= t && t <= r.end_ns));
            const x = samples.at_ns.map((t, i) => [at[i] < 0 ? -1 : t - runs[at[i]].begin_ns, at[i], samples.resident_bytes[i]])
                .filter(([t]) => t >= 0).sort((a, b) => a[0] - b[0]);
            if (runs.some((_, k) => x.filter(([, run]) => run === k).length > 1)) // one is no line
                charts.push(weft.chart('Memory of each run, from its own beginning', x.map(([t]) => t), runs.map((_, k) => (
                    {label: `run ${k + 1}`, values: x.map(([, run, b]) => run === k ? b : null), color: weft.color(k), gaps: true})),
                {end: Math.max(...runs.map(r => r.end_ns - r.begin_ns)), format: bytes}));
        }
        section('time', 'Over time', el('p', {class: 'about'}, samples.at_ns.length ? 'The same time as above: what is zoomed there is zoomed here. Drag to choose, double click for all.'
            : 'The same time as above. This run took no samples of memory and processors.'), charts.map(c => c.element));

        const ideal = weft.chart(`${stats.n_spawned ? 'Tasks' : 'Bodies'} at once, with any number of workers`, middle(curves.ideal), [
            {label: 'could run', values: curves.ideal.at, ink: '--after', fill: true, steps: true},
        ], {end: stats.span_ns, least: 1, height: 170});
        section('parallelism', 'Parallelism', el('p', {class: 'about'}, `Were each task begun as soon as what it waits for is there, the run would take ${time(stats.span_ns)}, `
            + `with ${weft.number(stats.parallelism)} bodies at once on average, `
            + (stats.n_spawned ? `those of ${plural(curves.ideal.peak, 'task')} at most, and what they spawned. ` : `and ${count(curves.ideal.peak)} at most. `)
            + (stats.burden_ns > 0 ? `With what it takes to hand tasks over, ${weft.number(stats.burdened_parallelism)} on average.` : '')),
        ideal.element,
        scaling.length && weft.table([
            {label: 'workers', value: r => r[0], show: r => count(r[0])},
            {label: 'at least', value: r => r[1], show: r => time(r[1]), title: 'the work shared evenly, or the critical path'},
            {label: 'longest path first', value: r => r[2], show: r => time(r[2]), title: 'the ready task with the longest path behind it goes first; handing over is free', bar: true},
            {label: 'at most', value: r => r[3], show: r => time(r[3]), title: 'when no worker idles while a task is ready'},
            {label: 'speed-up', value: r => stats.work_ns / r[2], show: r => `${weft.number(stats.work_ns / r[2])}×`},
            {label: 'efficiency', value: r => stats.work_ns / r[2] / r[0], show: r => percent(stats.work_ns / r[2] / r[0])},
        ], scaling, {caption: 'How long this graph would take, by its measured times'}));
    }

    // ---- Graph

    const svg = document.getElementById('graph').content.querySelector('svg');
    if (svg) {
        const graph = weft.graph(document.importNode(svg, true));
        const s = section('pictured', 'Graph', el('p', {class: 'about'}, `${plural(stats.n_tasks, 'task')}, ${plural(stats.n_edges, 'dependency', 'dependencies')}. The critical path is red. Wheel: zoom; drag: move.`), graph.element);
        s.querySelector('.head').append(el('div', {class: 'tools'},
            el('button', {type: 'button', 'aria-label': 'zoom in', onclick: () => graph.zoom(0.6)}, '+'),
            el('button', {type: 'button', 'aria-label': 'zoom out', onclick: () => graph.zoom(1 / 0.6)}, '−'),
            el('button', {type: 'button', onclick: graph.reset}, 'all')));
    }

    // ---- Critical path

    const goto = step => {
        const at = the_stream && tasks.key.indexOf(step.key);
        if (at >= 0)
            for (let i = 0; i < stream.events.task.length; i++) {
                if (stream.events.task[i] === at && stream.events.kind[i] === 0) {
                    document.getElementById('stream').scrollIntoView();
                    the_stream.select(i, true);
                    return;
                }
            }
    };
    if (critical.n > 0) {
        const total = critical.steps.reduce((sum, s) => sum + s.length_ns, 0);
        section('critical', 'Critical path', el('p', {class: 'about'}, has_run
            ? `${plural(critical.n, 'task')}, each waiting for the one before, take ${time(stats.span_ns)}: ${percent(stats.span_ns / stats.makespan_ns)} of the makespan. Whoever makes one of them shorter makes the bound shorter, by at most its drag.`
                + (critical.steps.length < critical.n ? ` The ${count(critical.steps.length)} longest are listed, ${percent(total / stats.span_ns)} of it.` : '')
            : `${plural(critical.n, 'task')}, each waiting for the one before.`),
            has_run && el('div', {class: 'path'}, critical.steps.map(s => el('i', {style: {flex: `${s.length_ns} 0 0px`, background: color_of[s.name]}, title: `${s.key}: ${time(s.length_ns)}`}))),
            weft.table([
                {label: 'step', value: s => s.at + 1, show: s => count(s.at + 1)},
                {label: 'task', value: s => s.key, text: true, show: s => [chip(s.name), s.key]},
                ...(has_run ? [{label: 'time', value: s => s.length_ns, show: s => time(s.length_ns), bar: true},
                    {label: 'share of span', value: s => s.length_ns / stats.span_ns, show: s => percent(s.length_ns / stats.span_ns)},
                    {label: 'drag', value: s => s.drag_ns, show: s => time(s.drag_ns), title: 'how much shorter the span were if it took no time'},
                    {label: 'could begin', value: s => s.earliest_ns, show: s => time(s.earliest_ns), title: 'with any number of workers'},
                    {label: 'worker', value: s => s.worker, show: s => s.worker < 0 ? '' : String(s.worker)}] : []),
            ], critical.steps, {limit: 12, onclick: has_run ? goto : undefined}));
    }
    if (has_run && realised.n > 0) {
        const inks = {compute: '--run', process: '--transfer', join: '--after', queue: '--before', steal: '--steal', wake: '--wake',
            schedule: '--schedule', memory: '--starved', need: '--need', disk: '--disk', outside: '--outside'};
        const words = {compute: 'its body ran', process: 'its data was moved', join: 'parts of it ran elsewhere', queue: 'ready, its worker ran others',
            steal: 'ready, being stolen', wake: 'ready, no worker had found it', schedule: 'ready, its worker was between bodies', memory: 'ready, waiting for memory',
            need: 'ready, waiting for a resource or a moment', disk: 'ready, results went to disk or back', outside: 'no run was going on'};
        const kinds = realised.kinds, some = kinds.filter(k => k.ns > 0).sort((a, b) => b.ns - a.ns);
        const whole = kinds.reduce((sum, k) => sum + k.ns, 0);
        const listed = realised.steps.reduce((sum, s) => sum + s.end_ns - s.begin_ns, 0);
        section('realised', 'What the run waited for', el('p', {class: 'about'}, `From the end backwards: what ended last, what that waited for last, and so on to the beginning. These ${plural(realised.n, 'step')} are the makespan, end to end.`
                + (realised.steps.length < realised.n ? ` The ${count(realised.steps.length)} longest are listed, ${percent(listed / whole)} of it.` : '')),
            el('div', {class: 'bars'}, some.map(k => el('i', {style: {flex: `${k.ns} 0 0px`, background: `var(${inks[k.name] || '--steal'})`}, title: `${words[k.name] || k.name}: ${time(k.ns)}, ${percent(k.ns / whole)}`}))),
            el('div', {class: 'legend'}, some.map(k => el('span', {'data-path': k.name, 'data-value': k.ns}, el('i', {style: {background: `var(${inks[k.name] || '--steal'})`}}), words[k.name] || k.name, ' ', el('b', {}, percent(k.ns / whole))))),
            weft.table([
                {label: 'step', value: s => s.at + 1, show: s => count(s.at + 1)},
                {label: 'task', value: s => s.key || '', text: true, show: s => s.key === undefined ? '' : [chip(s.name), s.key]},
                {label: 'what', value: s => s.kind, text: true, show: s => [el('span', {class: 'chip', style: {background: `var(${inks[kinds[s.kind].name] || '--steal'})`}}), words[kinds[s.kind].name] || kinds[s.kind].name]},
                {label: 'time', value: s => s.end_ns - s.begin_ns, show: s => time(s.end_ns - s.begin_ns), bar: true},
                {label: 'began', value: s => s.begin_ns, show: s => time(s.begin_ns)},
                {label: 'worker', value: s => s.worker, show: s => s.worker < 0 ? '' : String(s.worker)},
            ], realised.steps, {limit: 12, onclick: goto}));
    }

    // ---- Tables

    const groups = (what, chips) => [
        {label: what, value: g => g.name, text: true, show: g => [chips && chip(g.place), g.name || '(none)']},
        {label: 'tasks', value: g => g.n_tasks, show: g => count(g.n_tasks)},
        ...(has_run ? [{label: 'total', value: g => g.total_ns, show: g => time(g.total_ns), bar: true},
            {label: 'share', value: g => g.share, show: g => percent(g.share), title: 'of all work'},
            {label: 'mean', value: g => g.mean_ns, show: g => time(g.mean_ns)},
            {label: 'median', value: g => g.median_ns, show: g => time(g.median_ns)},
            {label: 'p95', value: g => g.p95_ns, show: g => time(g.p95_ns), title: '95 of 100 tasks take no longer'},
            {label: 'longest', value: g => g.max_ns, show: g => time(g.max_ns)},
            {label: 'waited', value: g => g.wait_ns, show: g => time(g.wait_ns), title: 'from being ready to their beginning, all together'},
            {label: 'failed', value: g => g.n_failed, show: g => g.n_failed ? el('span', {class: 'bad'}, count(g.n_failed)) : '0'}] : []),
        ...(chips && data.added_at.some(Boolean) ? [{label: 'added at', value: g => data.added_at[g.place] || '', text: true}] : []),
    ];
    const table_of = (id, title, what, all_of, chips) => section(id, title,
        all_of.costly.length < all_of.n && el('p', {class: 'about'}, `The ${count(all_of.costly.length)} most costly of ${count(all_of.n)}.`),
        weft.table(groups(what, chips), all_of.costly, {sort: has_run ? 2 : 1, limit: 25}));
    if (functions.length)
        table_of('functions', 'Functions', 'function', data.functions, true);
    const same = layers.costly.every(l => data.functions.costly.some(f => f.name === l.name && f.n_tasks === l.n_tasks));
    if (stats.n_layers > 0 && !same)
        table_of('layers', 'Layers', 'layer', layers, false);
    const flame = data.profile && weft.reportFlame(data.profile, name => place_of.has(name) && chip(place_of.get(name)), section);
    if (has_run) {
        section('workers', 'Workers', weft.table([
            {label: 'worker', value: w => w.i, show: w => String(w.i)},
            {label: 'where its time went', text: true, show: w => bars(w, true)},
            ...shares.map(([key, label]) => ({label, value: w => w[key], show: w => percent(w[key] / w.wall_ns), title: time(all[key]) + ' in all'})),
            {label: 'tasks', value: w => w.n_tasks, show: w => count(w.n_tasks)},
            {label: 'steals', value: w => w.n_steals, show: w => count(w.n_steals)},
        ], workers.map((w, i) => ({...w, i})), {limit: 32}));
    }
    if (results.n > 0)
        section('results', 'Results', el('p', {class: 'about'}, `Of ${plural(results.n, 'result')} of known size the ${results.biggest.length < results.n ? `${count(results.biggest.length)} biggest` : 'biggest first'}: when each was stored, and when its last reader was done.`),
            weft.table([
                {label: 'result', value: r => r.key, text: true, show: r => [chip(r.name), r.key]},
                {label: 'size', value: r => r.bytes, show: r => bytes(r.bytes), bar: true},
                {label: 'stored', value: r => r.stored_ns, show: r => time(r.stored_ns)},
                {label: 'freed', value: r => r.freed_ns, show: r => time(r.freed_ns)},
                {label: 'held', value: r => r.freed_ns - r.stored_ns, show: r => time(r.freed_ns - r.stored_ns)},
                {label: 'size × time', value: r => r.bytes * (r.freed_ns - r.stored_ns) / 1e9, show: r => `${bytes(r.bytes * (r.freed_ns - r.stored_ns) / 1e9)} s`, title: 'what holding it costs'},
            ], results.biggest, {limit: 12}));
    if (runs.length && has_run)
        section('runs', 'Runs', weft.table([
            {label: 'run', value: r => r.i, show: r => String(r.i + 1)},
            {label: 'ended', value: r => r.status, text: true, show: r => r.status === 'ok' ? 'well' : el('span', {class: 'bad'}, r.status)},
            {label: 'tasks', value: r => r.n_tasks, show: r => count(r.n_tasks)},
            {label: 'began', value: r => r.begin_ns, show: r => time(r.begin_ns)},
            {label: 'ended at', value: r => r.end_ns, show: r => time(r.end_ns)},
            {label: 'took', value: r => r.end_ns - r.begin_ns, show: r => time(r.end_ns - r.begin_ns), bar: true},
            {label: 'work', value: r => r.work_ns, show: r => time(r.work_ns)},
            {label: 'span', value: r => r.span_ns, show: r => time(r.span_ns)},
        ], runs.map((r, i) => ({...r, i})), {limit: 12}));

    const fact = (name, value) => value ? [el('dt', {}, name), el('dd', {}, value)] : [];
    section('machine', 'Machine', el('dl', {class: 'facts'},
        fact('program', about.program), fact('processor', about.machine), fact('cores', about.n_cores > 0 && count(about.n_cores)),
        fact('memory', about.memory_bytes > 0 && bytes(about.memory_bytes)), fact('began', when), fact('Weft', about.version),
        fact('events', `${count(stats.n_events)}${stats.n_lost ? `, and ${count(stats.n_lost)} overwritten` : ''}`),
        fact('graph', `${plural(stats.n_tasks, 'task')}${stats.n_spawned ? ` and ${count(stats.n_spawned)} that were spawned` : ''}, ${plural(stats.n_edges, 'dependency', 'dependencies')}, ${plural(stats.n_layers, 'layer')}; longest path ${plural(stats.depth, 'task')}, ${stats.width_is_exact ? 'at most' : 'at least'} ${count(stats.width)} side by side`),
        fact('stealing takes', data.costs.n_steals > 0 && `${time(data.costs.steal_ns)}, the median of ${count(data.costs.n_steals)}`),
        fact('waking takes', data.costs.n_wakes > 0 && `${time(data.costs.wake_ns)}, the median of ${count(data.costs.n_wakes)}`),
        fact('between bodies', data.costs.n_schedules > 0 && `${time(data.costs.schedule_ns)}, the median of ${count(data.costs.n_schedules)}`)));

    // ---- Where one is

    const nav = document.getElementById('nav');
    const links = sections.map(({id, title: t}) => el('a', {href: `#${id}`}, t));
    nav.append(...links);
    const seen = new IntersectionObserver(entries => entries.filter(e => e.isIntersecting).forEach(({target}) =>
        links.forEach((a, i) => a.classList.toggle('here', sections[i].s === target))), {rootMargin: '-60px 0px -75% 0px'});
    sections.forEach(({s}) => seen.observe(s));

    // For whoever wants to ask the page itself, from the console of a browser.
    weft.page = {data, view, stream: the_stream, flame, charts: charts.filter(c => c.follows)};
})();
