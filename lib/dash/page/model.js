// model.js - events of workers, as a task stream looks them up.
'use strict';
var weft = window.weft || (window.weft = {});

// What a stream shows. Columns of equal length, by worker and then by beginning:
//   worker, begin, length, kind, failed, label (the colour; -1: none)
// and, of events that are not among them, cells: an array of [worker, cell, label, per mille
// busy, per mille of that the label's, how many], each cell_ns long; labels from n_labels on
// are kinds.
weft.Model = class {
    constructor(n_workers, columns, cells = [], cell_ns = 1, n_labels = 0) {
        Object.assign(this, columns, {n_workers, cell_ns, n_labels});
        this.n = this.begin.length;
        this.first = new Uint32Array(n_workers + 1);   // of each worker's events
        this.reach = new Float64Array(this.n);         // the latest end up to here, of a worker
        this.depth = new Uint8Array(this.n);           // how many events it lies within
        this.cells = cells;
        this.first_cell = new Uint32Array(n_workers + 1);
        let w = 0, open = [];
        for (let i = 0; i < this.n; i++) {
            while (w < this.worker[i]) {
                this.first[++w] = i;
                open = [];
            }
            const end = this.begin[i] + this.length[i];
            while (open.length && open[open.length - 1] <= this.begin[i])
                open.pop();
            this.depth[i] = Math.min(open.length, 255);
            open.push(end);
            this.reach[i] = i > this.first[w] ? Math.max(end, this.reach[i - 1]) : end;
        }
        while (w < n_workers)
            this.first[++w] = this.n;
        for (let c = 0, v = 0; v <= n_workers; v++) {
            while (c < cells.length && cells[c] < v)
                c += 6;
            this.first_cell[v] = c;
        }
    }

    // The first event of worker w that ends after `time`.
    seek(w, time) {
        let low = this.first[w], high = this.first[w + 1];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.reach[middle] > time)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    // The innermost event of worker w at `time`, give or take; -1: none.
    at(w, time, slack = 0) {
        let best = -1, far = slack;
        for (let i = this.seek(w, time - slack); i < this.first[w + 1] && this.begin[i] <= time + slack; i++) {
            const away = Math.max(this.begin[i] - time, time - this.begin[i] - this.length[i], 0);
            if (away < far || (away <= far && (best < 0 || this.depth[i] >= this.depth[best]))) {
                best = i;
                far = away;
            }
        }
        return best;
    }

    cell_at(w, time) {
        for (let c = this.first_cell[w]; c < this.first_cell[w + 1]; c += 6) {
            const begin = this.cells[c + 1] * this.cell_ns;
            if (begin <= time && time < begin + this.cell_ns)
                return c;
        }
        return -1;
    }
};
