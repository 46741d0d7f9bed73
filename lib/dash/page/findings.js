// findings.js - what the figures of a run say, in words; the most telling first.
'use strict';
var weft = window.weft || (window.weft = {});

// Answers [{good: true | false | undefined, text}]
weft.findings = data => {
    const {stats, all_workers: all, workers, functions, runs, samples, stream} = data;
    const {percent, time, plural, count, bytes} = weft;
    const found = [];
    const say = (good, text) => found.push({good, text});
    const P = stats.n_workers;

    if (!P || !stats.n_measured) {
        say(undefined, `This graph has not run: ${plural(stats.n_tasks, 'task')}, the longest path ${plural(stats.depth, 'task')}, at most ${count(stats.width)} surely side by side.`);
        return found;
    }
    for (const run of runs.filter(r => r.status !== 'ok').slice(0, 3))
        say(false, `A run of ${plural(run.n_tasks, 'task')} ended early: ${run.status}.`);
    if (stream.n_failed)
        say(false, `${plural(stream.n_failed, 'body', 'bodies')} failed; they are ${weft.dark() ? 'white' : 'black'} in the task stream.`);
    if (stats.n_lost)
        say(false, `${plural(stats.n_lost, 'event')} were overwritten before they could be kept: the beginning of the run is missing here.`);

    const part = ns => ns / (all.wall_ns || 1);
    const critical = stats.span_ns / (stats.makespan_ns || 1);
    const bound = Math.max(stats.work_ns / P, stats.span_ns);
    if (part(all.executing_ns) >= 0.85)
        say(true, `The ${plural(P, 'worker')} executed bodies ${percent(part(all.executing_ns))} of the time.`);
    const none_ready = all.before_ns + all.after_ns + all.dry_ns;
    if (part(none_ready) >= 0.03) {
        const why = critical >= 0.7 ? `the critical path is ${percent(critical)} of the makespan, and more workers cannot shorten it`
            : stats.parallelism < P * 1.2 ? `the graph has work for ${weft.number(stats.parallelism)} workers on average, and there were ${P}`
            : `though the graph has work for ${weft.number(stats.parallelism)} workers on average: the order of tasks, or their unequal lengths, left none ready`;
        const when = all.after_ns > none_ready / 2 ? ', most of it at the end' : all.before_ns > none_ready / 2 ? ', most of it at the beginning' : '';
        say(part(none_ready) < 0.15 ? undefined : false, `${percent(part(none_ready))} of worker time was idle because no task was ready${when}: ${why}.`);
    }
    if (part(all.memory_ns) >= 0.01)
        say(false, `${percent(part(all.memory_ns))} of worker time was idle because tasks waited for memory: a higher limit, or smaller chunks, would help.`);
    if (part(all.need_ns) >= 0.01)
        say(undefined, `${percent(part(all.need_ns))} of worker time was idle because tasks waited for a resource, a moment, or another try.`);
    if (part(all.unfound_ns) >= 0.03)
        say(false, `${percent(part(all.unfound_ns))} of worker time went by while a task was ready and an idle worker had not found it yet: tasks come faster than workers wake.`);
    if (part(all.outside_ns) >= 0.05)
        say(undefined, `${percent(part(all.outside_ns))} of worker time lies outside of any run: the program itself was at work.`);
    if (part(all.disk_ns) >= 0.02)
        say(false, `${percent(part(all.disk_ns))} of worker time went to disk and back: results did not fit in memory.`);
    if (part(all.process_ns) >= 0.03)
        say(undefined, `${percent(part(all.process_ns))} of worker time went to moving data between processes.`);
    if (stats.makespan_ns > 0 && bound > 0) {
        const over = stats.makespan_ns / bound;
        say(over < 1.15 ? true : undefined, `No schedule on ${plural(P, 'worker')} can end before ${time(bound)}, `
            + (bound === stats.span_ns ? 'the critical path' : 'the work shared evenly')
            + `; this run took ${time(stats.makespan_ns)}, ${over < 1.005 ? 'just that' : `${over.toFixed(2)} times as long`}.`);
    }
    const overhead = part(all.scheduling_ns + all.stealing_ns);
    const mean = stats.work_ns / (stats.n_measured + stats.n_spawned);
    if (overhead >= 0.05)
        say(false, `${percent(overhead)} of worker time went to scheduling and stealing: bodies take ${time(mean)} on average`
            + (mean < 20e3 ? '; larger chunks would pay.' : '.'));
    const [first] = functions.costly;
    if (first && first.share >= 0.25)
        say(undefined, `${first.name} takes ${percent(first.share)} of all work, in ${plural(first.n_measured, 'task')} of ${time(first.mean_ns)} on average.`);
    if (P > 1) {
        const times = workers.map(w => w.executing_ns), most = Math.max(...times), least = Math.min(...times);
        if (most > 0 && (most - least) / most > 0.25)
            say(undefined, `Worker ${times.indexOf(most)} executed ${time(most)}, worker ${times.indexOf(least)} only ${time(least)}.`);
    }
    if (samples.at_ns.length) {
        const peak = Math.max(...samples.resident_bytes), spilled = Math.max(...samples.spilled_bytes);
        say(undefined, `Memory peaked at ${bytes(peak)}` + (data.about.memory_bytes ? `, ${percent(peak / data.about.memory_bytes)} of the machine` : '')
            + (spilled ? `; up to ${bytes(spilled)} of results waited on disk.` : '.'));
    }
    return found;
};
