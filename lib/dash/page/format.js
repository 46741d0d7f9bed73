// format.js - numbers as people read them, and elements of a page.
'use strict';
var weft = window.weft || (window.weft = {});

(() => {
    // Three digits, no more: 1.28, 93.5, 417.
    function three(x) {
        return x >= 99.95 ? x.toFixed(0) : x >= 9.995 ? x.toFixed(1) : x.toFixed(2);
    }

    // "0 ns", "417 ns", "1.28 µs", "93.5 ms", "12.0 s", "3 min 20 s", "2 h 05 min"
    weft.time = ns => {
        if (ns < 0)
            return '−' + weft.time(-ns);
        if (ns < 999.5)
            return `${Math.round(ns)} ns`;
        if (ns < 999.5e3)
            return `${three(ns / 1e3)} µs`;
        if (ns < 999.5e6)
            return `${three(ns / 1e6)} ms`;
        if (ns < 119.5e9)
            return `${three(ns / 1e9)} s`;
        const s = Math.round(ns / 1e9);
        if (s < 7200)
            return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
        return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, '0')} min`;
    };

    // "417 B", "1.28 KiB", "93.5 MiB"
    weft.bytes = n => {
        const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
        let i = 0;
        while (Math.abs(n) >= 999.5 && i < units.length - 1) {
            n /= 1024;
            i++;
        }
        return i ? `${three(n)} ${units[i]}` : `${Math.round(n)} B`;
    };

    // "1 234 567", with spaces that do not break
    weft.count = n => String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

    // "0 %", "0.3 %", "12 %", "100 %"
    weft.percent = part => {
        const p = part * 100;
        return `${p !== 0 && Math.abs(p) < 9.95 ? p.toFixed(1) : p.toFixed(0)}\u202f%`;
    };

    // For axes: 0, 2.5, 8, 1 200
    weft.short = x => x >= 1000 ? weft.count(x) : String(+x.toPrecision(3));

    weft.number = x => x >= 1000 ? weft.count(x) : three(x);
    weft.plural = (n, one, many) => `${weft.count(n)} ${n === 1 ? one : many || one + 's'}`;

    // Places for lines on an axis of time or of numbers: about `n`, at 1, 2 or 5 times a power of ten.
    weft.ticks = (from, to, n) => {
        const rough = (to - from) / Math.max(n, 1);
        if (!(rough > 0))
            return [];
        const power = 10 ** Math.floor(Math.log10(rough));
        const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        const ticks = [];
        for (let i = Math.ceil(from / step); i * step <= to; i++)
            ticks.push(i * step);
        ticks.step = step;
        return ticks;
    };

    // The same for bytes: at halves, ones, twos ... of a unit.
    weft.byteTicks = (from, to, n) => {
        const unit = 1024 ** Math.floor(Math.log(Math.max(to, 1)) / Math.log(1024));
        return weft.ticks(from / unit, to / unit, n).map(t => t * unit);
    };

    // A time on an axis whose lines are `step` apart: all with the same unit and digits.
    weft.tick = (ns, step) => {
        const [unit, size] = Math.max(Math.abs(ns), step) < 1e3 ? ['ns', 1] : step < 1e3 && Math.abs(ns) < 1e6 ? ['µs', 1e3]
            : step < 1e6 && Math.abs(ns) < 1e9 ? step < 1e3 ? ['µs', 1e3] : ['ms', 1e6] : Math.abs(ns) < 1e9 && step < 1e9 ? ['ms', 1e6] : ['s', 1e9];
        const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
        return ns === 0 ? '0' : `${(ns / size).toFixed(digits)} ${unit}`;
    };

    // el('td', {class: 'right', onclick: f}, 'text', child, ...)
    weft.el = (tag, attributes, ...children) => {
        const e = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {})) {
            if (name.startsWith('on'))
                e.addEventListener(name.slice(2), value);
            else if (name === 'style')
                Object.assign(e.style, value);
            else if (value !== undefined && value !== null && value !== false)
                e.setAttribute(name, value === true ? '' : value);
        }
        e.append(...children.flat(Infinity).filter(c => c !== undefined && c !== null && c !== false));
        return e;
    };

    // Shows a hint beside a point of what it stands in: to the right, or to the left where that has no room.
    weft.hang = (hint, x, y) => {
        hint.hidden = false;
        const width = hint.offsetWidth, over = x + 16 + width > hint.parentElement.clientWidth;
        hint.style.left = `${Math.max(over ? x - width - 12 : x + 16, 0)}px`;
        hint.style.top = `${y + 16}px`;
    };

    // The colours of the page as it is now, light or dark: weft.ink('--line').
    weft.ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    // Calls f now, and whenever the colours of the page change: by night, and on paper.
    weft.whenThemed = f => {
        for (const query of ['(prefers-color-scheme: dark)', 'print'])
            window.matchMedia(query).addEventListener('change', () => f());
        f();
    };
})();
