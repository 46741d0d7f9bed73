// dashboard_state.js - what the program has told so far.
'use strict';
var weft = window.weft || (window.weft = {});

// How long lines and the task stream reach back.
weft.window_s = 60;

weft.State = class {
    constructor() {
        this.clear();
    }

    clear() {
        this.about = null;
        this.groups = [];
        this.links = [];
        this.workers = [];
        this.rects = [];    // of each worker, by end
        this.fresh = [];    // those of the last message
        this.history = {at: [], managed: [], resident: [], spilled: [], limit: [], cores: [], per_s: [], read: [], written: [], fds: [], threads: []};
        this.now_s = 0;
        this.messages = 0;
    }

    // One message of /events. True: another program, or the same anew: what was drawn is of no use.
    take(m) {
        const anew = m.all && (!this.about || this.about.instance !== m.about.instance);
        if (anew)
            this.clear();
        if (m.past) {
            this.rects = [];
            this.recall(m.past);
        }
        if (m.all) {
            this.about = m.about;
            this.links = [];
        }
        for (const g of m.groups)
            this.groups[g.id] = {...this.groups[g.id], ...g};
        this.links = this.links.concat(m.links);
        this.workers = m.workers;
        for (const key of ['now_s', 'ended', 'runs', 'tasks', 'memory', 'process', 'missed', 'n_groups', 'error'])
            this[key] = m[key];
        this.messages++;
        m.past || this.remember();
        this.keep(m.rects);
        return anew;
    }

    // What lines go through, from before this page was opened.
    recall(past) {
        const h = this.history;
        ['at', 'managed', 'resident', 'spilled', 'limit', 'cores', 'per_s', 'read', 'written', 'fds', 'threads'].forEach((key, i) =>
            h[key] = past.map(point => key === 'at' ? point[i] * 1e9 : key === 'limit' ? point[i] || null : point[i]));
    }

    remember() {
        const h = this.history, oldest = (this.now_s - weft.window_s - 2) * 1e9;
        const now = {at: this.now_s * 1e9, managed: this.memory.managed, resident: this.memory.resident,
            spilled: this.memory.spilled, limit: this.memory.limit || null, cores: this.process.cores, per_s: this.tasks.per_s,
            read: this.process.read_per_s, written: this.process.written_per_s, fds: this.process.fds, threads: this.process.threads};
        let n = 0;
        while (h.at[n] < oldest)
            n++;
        for (const key in h) {
            h[key].push(now[key]);
            h[key].splice(0, n);
        }
    }

    // Microseconds become seconds.
    keep(rects) {
        const oldest = this.now_s - weft.window_s;
        this.fresh = rects.map(([worker, begin, end, busy, group, kind, flags, n]) =>
            ({worker, begin: begin / 1e6, end: end / 1e6, busy: busy / 1e6, group, kind, failed: (flags & 1) > 0, n}));
        for (const r of this.fresh)
            (this.rects[r.worker] || (this.rects[r.worker] = [])).push(r);
        for (const list of this.rects) {
            let n = 0;
            while (list && n < list.length && list[n].end < oldest)
                n++;
            n > 500 && list.splice(0, n);
        }
    }

    get open() {
        return this.runs && this.runs.open > 0;
    }

    state_of(g) {
        return g.failed ? 'failed' : g.total > 0 && g.done + g.skipped >= g.total ? 'done' : g.running || g.done ? 'running' : 'waiting';
    }
};
