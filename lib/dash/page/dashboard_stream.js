// dashboard_stream.js - the task stream as it goes on: a row for each worker, the last half minute.
//
// The picture so far is kept and moved to the left by whole points; only what is new is drawn
// to it. A page that is open shall not take from the run what it shows.
'use strict';
var weft = window.weft || (window.weft = {});

weft.LiveStream = class {
    constructor(state) {
        const {el} = weft;
        this.state = state;
        this.canvas = el('canvas', {role: 'img', 'aria-label': 'What each worker did in the last half minute'});
        this.hint = el('div', {class: 'hint', hidden: true});
        this.element = el('div', {class: 'stream'}, this.canvas, this.hint);
        this.past = document.createElement('canvas');
        this.left = 44;
        this.top = 22;
        this.span_s = 30;
        this.now_s = 0;
        this.anew = true;
        new ResizeObserver(() => this.restart()).observe(this.element);
        window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restart());
        this.canvas.addEventListener('pointermove', event => this.tell(event));
        this.canvas.addEventListener('pointerleave', () => this.hint.hidden = true);
    }

    restart() {
        this.anew = true;
        this.draw();
    }

    // Points of the canvas, not of the page.
    measure() {
        const n = Math.max(this.state.workers.length, 1);
        this.scale = window.devicePixelRatio || 1;
        this.row = n <= 4 ? 34 : n <= 8 ? 28 : n <= 16 ? 20 : n <= 32 ? 14 : n <= 96 ? 9 : 5;
        this.gap = this.row > 12 ? 3 : this.row > 6 ? 1 : 0;
        this.height = this.top + n * this.row + 4;
        this.points = Math.max(Math.round((this.element.clientWidth - this.left) * this.scale), 100);
        this.per_s = this.points / this.span_s;
    }

    fits() {
        return this.canvas.width === Math.round(this.element.clientWidth * this.scale)
            && this.canvas.height === Math.round(this.height * this.scale) && this.past.width === this.points;
    }

    fit() {
        this.canvas.width = Math.round(this.element.clientWidth * this.scale);
        this.canvas.height = Math.round(this.height * this.scale);
        this.canvas.style.height = `${this.height}px`;
        this.past.width = this.points;
        this.past.height = Math.round((this.height - this.top) * this.scale);
        this.anew = true;
    }

    // What the rectangle is drawn with; null: as the ground is.
    ink(r) {
        const kind = weft.kinds[r.kind] || weft.kinds[0];
        return kind.ink === '--idle' ? null : r.failed ? this.inks['--error'] : kind.ink ? this.inks[kind.ink]
            : r.group >= 0 ? weft.color(r.group) : this.inks['--steal'];
    }

    box(r) {
        const x = Math.floor(r.begin * this.per_s) - this.origin;
        const width = Math.max(Math.ceil(r.end * this.per_s) - this.origin - x, 1);
        return [x, Math.round(r.worker * this.row * this.scale), width, Math.round((this.row - this.gap) * this.scale)];
    }

    put(c, r) {
        const ink = this.ink(r), [x, y, width, height] = this.box(r);
        if (!ink || x + width < 0)
            return;
        c.fillStyle = ink;
        c.globalAlpha = r.n > 1 ? Math.max(0.25, Math.min(1, r.busy / (r.end - r.begin))) : 1;
        c.fillRect(x, y, r.n === 1 && width > 6 ? width - 1 : width, height);
        c.globalAlpha = 1;
    }

    // What ended within the time of `r` and began in it lies upon it.
    put_within(c, r) {
        const list = this.state.rects[r.worker] || [];
        for (let i = list.length - 1; i >= 0 && list[i].end > r.begin; i--)
            if (list[i] !== r && list[i].begin >= r.begin && list[i].end <= r.end && this.waits(r) === this.waits(list[i]))
                this.put(c, list[i]);
    }

    waits(r) {
        return !!(weft.kinds[r.kind] || {}).waits;
    }

    draw_past() {
        const c = this.past.getContext('2d');
        const origin = Math.round((this.now_s - this.span_s) * this.per_s);
        if (this.anew) {
            c.clearRect(0, 0, this.past.width, this.past.height);
            this.origin = origin;
            for (const list of this.state.rects)
                for (const r of [...list || []].sort((a, b) => a.begin - b.begin || b.end - a.end))
                    this.put(c, r);
            this.anew = false;
            return;
        }
        const by = origin - this.origin;
        if (by > 0) {
            c.globalCompositeOperation = 'copy';
            c.drawImage(this.past, -by, 0);
            c.globalCompositeOperation = 'source-over';
        }
        this.origin = origin;
        for (const r of this.state.fresh) {
            this.put(c, r);
            this.put_within(c, r);
        }
    }

    draw() {
        if (!this.state.workers.length || !this.element.clientWidth)
            return;
        this.measure();
        this.inks = Object.fromEntries(['--idle', '--soft', '--line', '--error', '--disk', '--transfer', '--steal', '--starved']
            .map(name => [name, weft.ink(name)]));
        if (!this.fits())
            this.fit();
        this.now_s = this.state.now_s;
        this.draw_past();
        const c = this.canvas.getContext('2d');
        c.setTransform(this.scale, 0, 0, this.scale, 0, 0);
        c.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.draw_ground(c);
        c.setTransform(1, 0, 0, 1, 0, 0);
        c.drawImage(this.past, Math.round(this.left * this.scale), Math.round(this.top * this.scale));
        this.draw_running(c);
    }

    draw_ground(c) {
        const width = this.element.clientWidth - this.left, from = this.now_s - this.span_s;
        const ticks = weft.ticks(from * 1e9, this.now_s * 1e9, width / 110);
        c.font = '11px system-ui, sans-serif';
        c.textBaseline = 'middle';
        this.state.workers.forEach((_, w) => {
            const y = this.top + w * this.row;
            c.fillStyle = this.inks['--idle'];
            c.fillRect(this.left, y, width, this.row - this.gap);
            if (this.row >= 12 || w % Math.ceil(12 / this.row) === 0) {
                c.fillStyle = this.inks['--soft'];
                c.textAlign = 'right';
                c.fillText(w, this.left - 8, y + (this.row - this.gap) / 2);
            }
        });
        for (const t of ticks) {
            const x = Math.round(this.left + (t / 1e9 - from) / this.span_s * width) + 0.5;
            if (t < 0 || x > this.left + width - 24)
                continue;
            c.fillStyle = this.inks['--line'];
            c.fillRect(x - 0.5, this.top - 4, 1, this.height);
            c.fillStyle = this.inks['--soft'];
            c.textAlign = x < this.left + 20 ? 'left' : 'center';
            c.fillText(weft.tick(t, ticks.step), x, 9);
        }
    }

    // Bodies that have not ended have no rectangle yet.
    draw_running(c) {
        c.save();
        c.translate(Math.round(this.left * this.scale), Math.round(this.top * this.scale));
        c.beginPath();
        c.rect(0, 0, this.points, this.canvas.height);
        c.clip();
        this.state.workers.forEach((w, worker) => {
            if (w.group >= 0 && w.since_s < this.now_s)
                this.put(c, {worker, begin: w.since_s, end: this.now_s, group: w.group, kind: 0, n: 1});
        });
        c.restore();
    }

    tell(event) {
        const box = this.canvas.getBoundingClientRect();
        const x = event.clientX - box.left - this.left, y = event.clientY - box.top - this.top;
        const worker = Math.floor(y / this.row), width = box.width - this.left;
        const at = this.now_s - this.span_s + x / width * this.span_s, slack = this.span_s / width;
        let found = null;
        for (const r of this.state.rects[worker] || [])
            if (r.begin - slack <= at && at <= r.end + slack && (!found || r.end - r.begin <= found.end - found.begin))
                found = r;
        const now = this.state.workers[worker];
        if (!found && now && now.group >= 0 && at >= now.since_s - slack)
            found = {worker, begin: now.since_s, end: this.state.now_s, group: now.group, kind: 0, n: 1, running: true};
        this.hint.hidden = !found || x < 0;
        if (!this.hint.hidden)
            this.show(found, event.clientX - box.left, y + this.top, box.width);
    }

    show(r, x, y, width) {
        const {el, time, count} = weft;
        const name = r.group >= 0 && this.state.groups[r.group] ? this.state.groups[r.group].name : weft.kinds[r.kind].name;
        const rows = [['worker', r.worker], ['began', time(r.begin * 1e9)],
            [r.running ? 'so far' : 'took', time((r.end - r.begin) * 1e9)]];
        if (r.n > 1)
            rows.push(['events', count(r.n)], ['busy', weft.percent(r.busy / (r.end - r.begin))], ['mean', time(r.busy / r.n * 1e9)]);
        if (r.group >= 0 && r.kind)
            rows.push(['', weft.kinds[r.kind].name]);
        if (r.failed)
            rows.push(['', 'failed']);
        this.hint.replaceChildren(el('b', {}, el('i', {style: {background: this.ink(r) || this.inks['--idle']}}), name),
            el('dl', {}, rows.flatMap(([key, value]) => [el('dt', {}, key), el('dd', {}, String(value))])));
        this.hint.style.left = `${Math.min(x + 14, Math.max(width - 240, 0))}px`;
        this.hint.style.top = `${y + 16}px`;
    }
};
