// minimap.js - all of a task stream, small.
'use strict';
var weft = window.weft || (window.weft = {});

// Shows which part of all time is seen, to be moved and drawn anew.
weft.minimap = (view, model, stream) => {
    const canvas = weft.el('canvas', {class: 'map', 'aria-hidden': 'true'});
    const left = stream.left;
    let busy = null, from = null;

    // How much of each slice of time the workers were busy.
    function count(n) {
        const sums = new Float64Array(n), slice = view.end / n;
        const add = (begin, end, part) => {
            for (let i = Math.floor(begin / slice); i < n && begin < end; i++) {
                const stop = Math.min(end, (i + 1) * slice);
                sums[i] += part * (stop - begin) / slice / model.n_workers;
                begin = stop;
            }
        };
        for (let i = 0; i < model.n; i++) {
            if (!weft.kinds[model.kind[i]].waits && model.depth[i] === 0)
                add(model.begin[i], model.begin[i] + model.length[i], 1);
        }
        for (let c = 0; c < model.cells.length; c += 6)
            add(model.cells[c + 1] * model.cell_ns, (model.cells[c + 1] + 1) * model.cell_ns, model.cells[c + 3] / 1000);
        return sums;
    }

    function draw() {
        const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight, c = canvas.getContext('2d');
        if (!width)
            return;
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
        c.setTransform(scale, 0, 0, scale, 0, 0);
        const n = Math.floor(width - left);
        if (!busy || busy.length !== n)
            busy = count(n);
        c.fillStyle = weft.ink('--idle');
        c.fillRect(left, 0, n, height);
        c.fillStyle = weft.ink('--steal');
        for (let i = 0; i < n; i++)
            c.fillRect(left + i, height * (1 - Math.min(busy[i], 1)), 1, height);
        const x = left + view.from / view.end * n, w = Math.max(view.span / view.end * n, 2);
        if (w < n - 0.5) {
            c.globalAlpha = 0.18;
            c.fillStyle = weft.ink('--accent');
            c.fillRect(x, 0, w, height);
            c.globalAlpha = 1;
            c.strokeStyle = weft.ink('--accent');
            c.lineWidth = 1.5;
            c.strokeRect(x + 0.75, 0.75, Math.max(w - 1.5, 1), height - 1.5);
        }
    }

    const time = x => Math.min(Math.max((x - left) / (canvas.clientWidth - left), 0), 1) * view.end;
    canvas.addEventListener('pointerdown', e => {
        const at = time(e.offsetX);
        canvas.setPointerCapture(e.pointerId);
        // Inside of what is seen: moves it; outside, or when all is seen: chooses anew.
        from = at > view.from && at < view.to && view.span < view.end ? {by: at - view.from} : {at};
    });
    canvas.addEventListener('pointermove', e => {
        if (!from)
            return;
        const at = time(e.offsetX);
        if (from.by !== undefined)
            view.set(at - from.by, at - from.by + view.span);
        else if (Math.abs(at - from.at) > view.end / 300)
            view.set(Math.min(at, from.at), Math.max(at, from.at));
    });
    canvas.addEventListener('pointerup', () => from = null);
    canvas.addEventListener('dblclick', () => view.reset());
    view.listen(draw);
    new ResizeObserver(draw).observe(canvas);
    weft.whenThemed(draw);
    return canvas;
};
