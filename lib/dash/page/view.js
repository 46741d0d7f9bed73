// view.js - the part of time that is looked at, which all charts of a page share.
'use strict';
var weft = window.weft || (window.weft = {});

weft.View = class {
    constructor(end, least = 100) {
        this.end = Math.max(end, 1);
        this.least = Math.min(least, this.end);
        this.from = 0;
        this.to = this.end;
        this.listeners = [];
    }

    get span() {
        return this.to - this.from;
    }

    listen(f) {
        this.listeners.push(f);
    }

    // Looks at from .. to, moved and stretched into what there is.
    set(from, to) {
        const span = Math.min(Math.max(to - from, this.least), this.end);
        from = Math.min(Math.max(from + (to - from - span) / 2, 0), this.end - span);
        if (from === this.from && from + span === this.to)
            return;
        this.from = from;
        this.to = from + span;
        this.listeners.forEach(f => f(this));
    }

    zoom(factor, at = (this.from + this.to) / 2) {
        const span = Math.min(Math.max(this.span * factor, this.least), this.end);
        const left = (at - this.from) / this.span;
        this.set(at - left * span, at + (1 - left) * span);
    }

    pan(part) {
        this.set(this.from + part * this.span, this.to + part * this.span);
    }

    reset() {
        this.set(0, this.end);
    }

    // There is more time now; who looked at all of it goes on to.
    grow(end) {
        const all = this.from === 0 && this.to === this.end;
        this.end = Math.max(end, 1);
        if (all)
            this.reset();
    }
};
