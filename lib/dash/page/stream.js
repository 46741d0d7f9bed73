// stream.js - the task stream: a row for each worker, a rectangle for whatever it did.
//
// Events nearer to each other than a pixel are drawn as the part of it they take, so that a row
// is as pale, from far away, as its worker was idle.
'use strict';
var weft = window.weft || (window.weft = {});

// options: {label(l): the colour of a label, name(l), describe(i), describe_cell(c), idle(w, time): elements of the
//           hint, near(i): {before: events, after: events}, onselect(i)}
weft.Stream = class {
    constructor(view, options) {
        const {el} = weft;
        this.view = view;
        this.options = options;
        this.model = null;
        this.selected = -1;
        this.lit = null;
        this.canvas = el('canvas');
        this.over = el('canvas', {class: 'over'});
        this.pane = el('div', {class: 'pane', tabindex: 0, role: 'application',
            'aria-label': 'Task stream. Arrows move, plus and minus zoom, 0 shows all, N and P go to the next and previous body, Escape lets go.'}, this.canvas, this.over);
        this.hint = el('div', {class: 'hint', hidden: true});
        this.element = el('div', {class: 'stream'}, this.pane, this.hint);
        this.left = weft.margin;
        this.top = 22;
        this.waiting = false;
        view.listen(() => this.draw());
        new ResizeObserver(() => this.draw()).observe(this.element);
        this.hear();
    }

    // Lets some events stand out: {event(i), cell(label)} say which; null: all are as ever.
    light(lit) {
        this.lit = lit;
        this.draw();
    }

    show(model) {
        this.model = model;
        const n = model.n_workers;
        this.row = n <= 4 ? 34 : n <= 8 ? 28 : n <= 16 ? 20 : n <= 32 ? 14 : n <= 96 ? 9 : 5;
        this.gap = this.row > 12 ? 3 : this.row > 6 ? 1 : 0;
        this.height = this.top + n * this.row + 4;
        this.pane.style.height = `${this.height}px`;
        this.selected = this.selected < model.n ? this.selected : -1;
        if (!this.themed)
            weft.whenThemed(() => this.paint()); // at once: paper does not wait for the next frame
        this.themed = true;
        this.draw();
    }

    // ---- Places

    get width() {
        return Math.max(this.element.clientWidth - this.left, 10);
    }

    x(time) {
        return this.left + (time - this.view.from) / this.view.span * this.width;
    }

    time(x) {
        return this.view.from + (x - this.left) / this.width * this.view.span;
    }

    worker(y) {
        const w = Math.floor((y - this.top) / this.row);
        return w >= 0 && w < this.model.n_workers ? w : -1;
    }

    box(i) {
        const m = this.model, inset = Math.min(m.depth[i] * 0.16, 0.6) * (this.row - this.gap);
        const y = this.top + m.worker[i] * this.row + inset;
        return [this.x(m.begin[i]), y, m.length[i] / this.view.span * this.width, this.row - this.gap - inset];
    }

    // ---- Drawing

    // Soon, once, however often it is asked for.
    draw() {
        if (this.waiting || !this.model)
            return;
        this.waiting = true;
        requestAnimationFrame(() => {
            this.waiting = false;
            this.paint();
        });
    }

    fit(canvas) {
        const scale = window.devicePixelRatio || 1, width = this.element.clientWidth, c = canvas.getContext('2d');
        if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(this.height * scale)) {
            canvas.width = Math.round(width * scale);
            canvas.height = Math.round(this.height * scale);
            canvas.style.height = `${this.height}px`;
        }
        c.setTransform(scale, 0, 0, scale, 0, 0);
        c.clearRect(0, 0, width, this.height);
        return c;
    }

    paint() {
        const c = this.fit(this.canvas);
        this.paint_ground(c);
        c.save();
        c.beginPath();
        c.rect(this.left, this.top, this.width, this.height);
        c.clip();
        const faded = this.selected >= 0 && !window.matchMedia('print').matches ? 0.28 : 1;
        this.paint_cells(c, faded);
        this.paint_events(c, faded);
        c.restore();
        this.paint_over();
    }

    paint_ground(c) {
        const ticks = weft.ticks(this.view.from, this.view.to, this.width / 110), m = this.model;
        c.font = '11px system-ui, sans-serif';
        c.textBaseline = 'middle';
        const idle = weft.ink('--idle'), soft = weft.ink('--soft'), line = weft.ink('--line');
        for (let w = 0; w < m.n_workers; w++) {
            const y = this.top + w * this.row;
            c.fillStyle = idle;
            c.fillRect(this.left, y, this.width, this.row - this.gap);
            if (this.row >= 12 || w % Math.ceil(12 / this.row) === 0) {
                c.fillStyle = soft;
                c.textAlign = 'right';
                c.fillText(w, this.left - 8, y + (this.row - this.gap) / 2);
            }
        }
        for (const t of ticks) {
            const x = Math.round(this.x(t)) + 0.5;
            c.fillStyle = line;
            c.fillRect(x - 0.5, this.top - 4, 1, this.height);
            c.fillStyle = soft;
            c.textAlign = x < this.left + 20 ? 'left' : x > this.left + this.width - 24 ? 'right' : 'center';
            c.fillText(weft.tick(t, ticks.step), x, 9);
        }
    }

    ink(label) {
        const m = this.model;
        return label < m.n_labels ? this.options.label(label) : weft.ink(weft.kinds[label - m.n_labels].ink);
    }

    paint_cells(c, faded) {
        const m = this.model, width = m.cell_ns / this.view.span * this.width;
        const inks = new Map(), lit = this.lit, dim = weft.ink('--steal'), hatch = width > 8 && m.cells.length ? this.hatch(c) : null;
        for (let w = 0; w < m.n_workers; w++) {
            const y = this.top + w * this.row, height = this.row - this.gap;
            for (let k = m.first_cell[w]; k < m.first_cell[w + 1]; k += 6) {
                const begin = m.cells[k + 1] * m.cell_ns;
                if (begin + m.cell_ns < this.view.from)
                    continue;
                if (begin > this.view.to)
                    break;
                const label = m.cells[k + 2];
                if (!inks.has(label))
                    inks.set(label, this.ink(label));
                c.fillStyle = lit && !lit.cell(label) ? dim : inks.get(label);
                c.globalAlpha = faded * m.cells[k + 3] / 1000;
                c.fillRect(this.x(begin), y, width, height);
                if (hatch) {
                    c.globalAlpha = faded;
                    c.fillStyle = hatch;
                    c.fillRect(this.x(begin), y, width, height);
                }
            }
        }
        c.globalAlpha = 1;
    }

    // Stripes over what could be taken for one long body, and is many short ones.
    hatch(c) {
        const tile = document.createElement('canvas'), t = tile.getContext('2d');
        tile.width = tile.height = 6;
        t.strokeStyle = weft.ink('--card');
        t.globalAlpha = 0.55;
        t.lineWidth = 1.4;
        for (const x of [-6, 0, 6]) {
            t.moveTo(x, 6);
            t.lineTo(x + 6, 0);
        }
        t.stroke();
        return c.createPattern(tile, 'repeat');
    }

    // By colour, as changing it costs more than a rectangle does.
    paint_events(c, faded) {
        const m = this.model, inks = new Map(), failed = [];
        for (let w = 0; w < m.n_workers; w++) {
            for (let i = m.seek(w, this.view.from); i < m.first[w + 1] && m.begin[i] < this.view.to; i++) {
                const kind = weft.kinds[m.kind[i]];
                let ink = kind.ink || m.label[i];
                if (ink === '--idle')
                    continue;
                if (this.lit && !this.lit.event(i))
                    ink = '--steal';
                if (m.failed[i]) {
                    failed.push(i);
                    continue;
                }
                if (!inks.has(ink))
                    inks.set(ink, []);
                inks.get(ink).push(i);
            }
        }
        c.globalAlpha = faded;
        // What lies within others is drawn after them, with a rim.
        for (const nested of [false, true]) {
            for (const [ink, events] of inks) {
                const color = typeof ink === 'string' ? weft.ink(ink) : this.options.label(ink);
                c.fillStyle = color;
                for (const i of events) {
                    if (m.depth[i] > 0 !== nested)
                        continue;
                    let [x, y, width, height] = this.box(i);
                    if (m.kind[i] === 1) { // stealing: a thin line, as it is not work
                        y += height * 0.35;
                        height *= 0.3;
                    }
                    if (width > 4) {
                        c.fillRect(x + 0.5, y, width - 1, height);
                        if (nested) {
                            c.strokeStyle = weft.ink('--card');
                            c.strokeRect(x + 0.5, y, width - 1, height);
                        }
                    } else {
                        c.fillRect(x, y, width, height);
                    }
                }
            }
        }
        c.fillStyle = weft.ink('--error');
        c.globalAlpha = 1;
        for (const i of failed) {
            const [x, y, width, height] = this.box(i);
            c.fillRect(x, y, Math.max(width, 1.5), height);
        }
        c.globalAlpha = faded;
        c.globalAlpha = 1;
        if (faded === 1)
            this.paint_names(c, inks);
    }

    // Names in rectangles that have room for them.
    paint_names(c, inks) {
        const m = this.model;
        if (this.row < 16 || !this.options.name)
            return;
        c.font = '11px system-ui, sans-serif';
        c.textAlign = 'left';
        c.fillStyle = '#fff';
        for (const [ink, events] of inks) {
            if (typeof ink === 'string')
                continue;
            const name = this.options.name(ink), needs = c.measureText(name).width + 10;
            for (const i of events) {
                const [x, y, width, height] = this.box(i);
                const from = Math.max(x, this.left), to = Math.min(x + width, this.left + this.width);
                if (to - from > needs && m.kind[i] !== 1)
                    c.fillText(name, from + 5, y + Math.min(height, this.row - this.gap) / 2 + 0.5);
            }
        }
    }

    // The selected event, what it waited for and what waited for it.
    paint_over() {
        // What a canvas has been cleared of is printed as white paper over the other one.
        this.over.hidden = this.selected < 0 || window.matchMedia('print').matches;
        if (this.over.hidden)
            return;
        const c = this.fit(this.over);
        const {before, after} = this.options.near(this.selected);
        c.save();
        c.beginPath();
        c.rect(this.left, 0, this.width, this.height);
        c.clip();
        const center = i => {
            const [x, y, width, height] = this.box(i);
            return [x, y + height / 2, x + width];
        };
        const [x0, y0, x1] = center(this.selected);
        c.lineWidth = 1.5;
        for (const [list, ink, to_left] of [[before, '--before', true], [after, '--after', false]]) {
            c.strokeStyle = c.fillStyle = weft.ink(ink);
            for (const i of list) {
                const [x, y, end] = center(i);
                c.globalAlpha = 0.75;
                c.beginPath();
                const [ax, bx] = to_left ? [end, x0] : [x1, x];
                const [ay, by] = to_left ? [y, y0] : [y0, y];
                const bend = Math.max((bx - ax) / 2, 12);
                c.moveTo(ax, ay);
                c.bezierCurveTo(ax + bend, ay, bx - bend, by, bx, by);
                c.stroke();
                c.globalAlpha = 1;
                this.paint_one(c, i, ink);
            }
        }
        this.paint_one(c, this.selected, '--ink', 2.5);
        c.restore();
    }

    paint_one(c, i, rim, thick = 1.5) {
        const m = this.model, [x, y, width, height] = this.box(i);
        const kind = weft.kinds[m.kind[i]];
        c.fillStyle = m.failed[i] ? weft.ink('--error') : kind.ink ? weft.ink(kind.ink) : this.options.label(m.label[i]);
        c.fillRect(x, y, Math.max(width, 2), height);
        c.strokeStyle = weft.ink(rim);
        c.lineWidth = thick;
        c.strokeRect(x - 0.5, y - 0.5, Math.max(width, 2) + 1, height + 1);
    }

    // ---- Hearing

    hear() {
        const e = this.pane;
        let held = null;
        e.addEventListener('wheel', event => {
            if (event.deltaY > 0 && this.view.span >= this.view.end && Math.abs(event.deltaX) <= event.deltaY)
                return; // all is seen: the page may scroll on
            event.preventDefault();
            if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
                this.view.pan(event.deltaX / this.width);
            else
                this.view.zoom(Math.exp(Math.max(-300, Math.min(300, event.deltaY)) * 0.0022), this.time(event.offsetX));
        }, {passive: false});
        e.addEventListener('pointerdown', event => {
            held = {x: event.offsetX, from: this.view.from, moved: false};
            e.setPointerCapture(event.pointerId);
        });
        e.addEventListener('pointermove', event => {
            if (held && (held.moved || Math.abs(event.offsetX - held.x) > 3)) {
                const by = (held.x - event.offsetX) / this.width * this.view.span;
                held.moved = true;
                e.classList.add('held');
                this.view.set(held.from + by, held.from + by + this.view.span);
                this.hint.hidden = true;
            } else if (!held) {
                this.tell(event.offsetX, event.offsetY);
            }
        });
        e.addEventListener('pointerup', event => {
            if (held && !held.moved)
                this.select(this.find(event.offsetX, event.offsetY));
            held = null;
            e.classList.remove('held');
        });
        e.addEventListener('pointerleave', () => this.hint.hidden = true);
        e.addEventListener('dblclick', () => this.view.reset());
        e.addEventListener('keydown', event => {
            const keys = {
                ArrowLeft: () => this.view.pan(-0.15), ArrowRight: () => this.view.pan(0.15),
                '+': () => this.view.zoom(0.6), '=': () => this.view.zoom(0.6), '-': () => this.view.zoom(1 / 0.6),
                0: () => this.view.reset(), Home: () => this.view.reset(), Escape: () => this.select(-1),
                n: () => this.step(1), p: () => this.step(-1),
            };
            const f = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
            if (f) {
                event.preventDefault();
                f();
            }
        });
    }

    find(x, y) {
        const w = this.model ? this.worker(y) : -1;
        return w < 0 || x < this.left ? -1 : this.model.at(w, this.time(x), this.view.span / this.width * 1.5);
    }

    tell(x, y) {
        const w = this.model ? this.worker(y) : -1, i = this.find(x, y);
        if (w < 0 || x < this.left) {
            this.hint.hidden = true;
            return;
        }
        const cell = i < 0 ? this.model.cell_at(w, this.time(x)) : -1;
        this.pane.style.cursor = i >= 0 ? 'pointer' : '';
        this.hint.replaceChildren(...(i >= 0 ? this.options.describe(i) : cell >= 0 ? this.options.describe_cell(cell)
            : this.options.idle(w, this.time(x))));
        weft.hang(this.hint, x, y);
    }

    select(i, move = false) {
        this.selected = i;
        if (i >= 0 && move) {
            const m = this.model, begin = m.begin[i], end = begin + m.length[i];
            if (end < this.view.from || begin > this.view.to || m.length[i] / this.view.span * this.width < 3) {
                const span = Math.max(m.length[i] * 12, this.view.least);
                this.view.set((begin + end - span) / 2, (begin + end + span) / 2);
            }
        }
        this.options.onselect(i);
        this.draw();
    }

    // To the next body of the same worker, or the one before.
    step(by) {
        const m = this.model;
        let i = this.selected < 0 ? (by > 0 ? -1 : m.n) : this.selected;
        for (i += by; i >= 0 && i < m.n; i += by) {
            if (!weft.kinds[m.kind[i]].waits)
                return this.select(i, true);
        }
    }
};
