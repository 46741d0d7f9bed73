// flame.js - a flame graph: a box for each function, as wide as the samples it was seen in.
//
// Beneath a function stand those that it called, the widest first, whenever that was; where nothing
// is beneath it, it was busy itself.
'use strict';
var weft = window.weft || (window.weft = {});

// profile: as report_profile.c writes it. chip(name): for a group of tasks, an element before its name, or nothing.
weft.Flame = class {
    constructor(profile, chip) {
        const {el} = weft;
        this.profile = profile;
        this.chip = chip;
        this.calls = weft.Flame.calls(profile);
        this.seen = this.at = this.calls[0]; // what is as wide as the graph; where the keyboard is
        this.pane = el('div', {class: 'pane', role: 'group', 'aria-label': 'Flame graph. Arrows go to callers, to functions called and to those beside, '
            + 'Enter makes one as wide as the graph, Escape shows all.'});
        this.hint = el('div', {class: 'hint', hidden: true});
        this.element = el('div', {class: 'flame'}, this.pane, this.hint);
        for (const c of this.calls)
            c.box = this.box(c);
        new ResizeObserver(() => this.width === this.pane.clientWidth || this.draw()).observe(this.element);
        this.hear();
    }

    // Of each call its name, how deep it is, its samples, its place; behind the last it called: the call `end`.
    static calls({calls, names, n_samples}) {
        const all = [{name: 'all', depth: 0, total: n_samples, at: 0, self: n_samples, up: null, down: []}];
        const open = [all[0]]; // by depth, the latest
        for (let i = 0; i < calls.length; i += 3) {
            const [name, depth, total] = calls.slice(i, i + 3), up = open[depth - 1];
            const call = {name: name < 0 ? '…' : names[name], many: name < 0, depth, total, up, down: [],
                at: up.at + up.total - up.self, self: total};
            up.self -= total;
            up.down.push(call);
            open[depth] = call;
            all.push(call);
        }
        for (let i = all.length; i-- > 0;) {
            all[i].i = i;
            all[i].end = all[i].down.length ? all[i].down.at(-1).end : i + 1;
        }
        return all;
    }

    // Of one name the same colour in any page: groups blue, functions from red to yellow.
    box(call) {
        let hash = 0x811c9dc5;
        for (const c of call.name)
            hash = Math.imul(hash ^ c.codePointAt(0), 0x01000193) >>> 0;
        const kind = call.depth === 0 || call.many || call.name[0] === '[' ? 'other' : call.depth === 1 ? 'group' : null;
        const box = weft.el('button', {type: 'button', class: kind, tabindex: -1}, kind === 'group' && this.chip(call.name), call.name);
        box.style.setProperty('--hue', kind === 'group' ? 205 + hash % 30 : 8 + hash % 44);
        box.setAttribute('aria-label', `${call.name}: ${this.amount(call.total)}, ${weft.percent(this.share(call))}`);
        box.addEventListener('click', () => {
            this.widen(call);
            box.focus({preventScroll: true}); // not every browser does, and then no key is heard
        });
        box.addEventListener('focus', () => {
            this.go(call);
            if (box.matches(':focus-visible'))
                this.tell(call, box.offsetLeft, box.offsetTop + box.offsetHeight - 10);
        });
        box.addEventListener('pointermove', event => {
            const at = this.element.getBoundingClientRect();
            this.tell(call, event.clientX - at.left, event.clientY - at.top);
        });
        for (const over of ['blur', 'pointerleave'])
            box.addEventListener(over, () => this.hint.hidden = true);
        return box;
    }

    // ---- What is told

    share(call) {
        return call.total / this.profile.n_samples;
    }

    // In time, where it is known what a sample stands for.
    amount(samples) {
        return this.profile.rate_hz ? weft.time(samples / this.profile.rate_hz * 1e9) : weft.plural(samples, 'sample');
    }

    tell(call, x, y) {
        const {el, percent, count} = weft;
        const fact = (name, value) => [el('dt', {}, name), el('dd', {}, value)];
        this.hint.replaceChildren(el('b', {}, call.many ? 'several, each under a thousandth of all' : call.name), el('dl', {},
            fact('share', percent(this.share(call))),
            this.profile.rate_hz > 0 && fact('processor time', this.amount(call.total)),
            fact('samples', count(call.total)),
            !call.many && call.self > 0 && call.depth > 0 && fact('in itself', `${percent(call.self / this.profile.n_samples)}, ${this.amount(call.self)}`),
            call.depth > 1 && fact('of its caller', percent(call.total / call.up.total))));
        weft.hang(this.hint, x, y);
    }

    // ---- What is seen

    // Boxes narrower than a pixel are not drawn, nor what is beneath them.
    draw() {
        const seen = this.seen, width = this.width = this.pane.clientWidth, held = this.pane.contains(document.activeElement);
        const boxes = [];
        let deepest = seen.depth;
        const put = (call, left, part, past) => {
            call.box.style.left = `${100 * left}%`;
            call.box.style.width = `calc(${100 * part}% - 1px)`;
            call.box.style.top = `${call.depth * 19}px`;
            call.box.classList.toggle('past', past);
            call.box.classList.toggle('narrow', part * width < 28);
            deepest = Math.max(deepest, call.depth);
            boxes.push(call.box);
        };
        for (let call = seen.up; call; call = call.up)
            put(call, 0, 1, true);
        for (let i = seen.i; i < seen.end;) {
            const call = this.calls[i], part = call.total / (seen.total || 1);
            if (part * width >= 1 || call === seen)
                put(call, (call.at - seen.at) / (seen.total || 1), call === seen ? 1 : part, false);
            i = part * width >= 1 ? i + 1 : call.end;
        }
        this.pane.replaceChildren(...boxes);
        this.pane.style.height = `${(deepest + 1) * 19}px`;
        this.go(this.at.box.isConnected ? this.at : seen);
        if (held)
            this.at.box.focus({preventScroll: true});
    }

    widen(call) {
        this.seen = call;
        this.hint.hidden = true;
        this.draw();
    }

    // Marks what has these words in its name, in either case; answers those calls.
    find(words) {
        const wanted = words.toLowerCase();
        this.found = this.calls.filter(c => wanted && c.depth > 0 && !c.many && c.name.toLowerCase().includes(wanted));
        this.calls.forEach(c => c.box.classList.remove('found'));
        this.found.forEach(c => c.box.classList.add('found'));
        return this.found;
    }

    // The samples of calls, those of one within another once.
    static sum(calls) {
        let end = 0, sum = 0;
        for (const c of calls) { // in their order a caller is before those it called
            if (c.i >= end) {
                sum += c.total;
                end = c.end;
            }
        }
        return sum;
    }

    // ---- Hearing

    // One box is where Tab comes to, as in a menu; arrows go on from there.
    go(call) {
        this.at.box.tabIndex = -1;
        this.at = call;
        call.box.tabIndex = 0;
    }

    beside(call, by) {
        const row = this.calls.filter(c => c.depth === call.depth && c.box.isConnected);
        return row[row.indexOf(call) + by];
    }

    hear() {
        this.pane.addEventListener('keydown', event => {
            const to = {
                ArrowUp: () => this.at.up, ArrowDown: () => this.at.down.find(c => c.box.isConnected),
                ArrowLeft: () => this.beside(this.at, -1), ArrowRight: () => this.beside(this.at, 1),
            }[event.key];
            const all = ['Escape', '0', 'Home'].includes(event.key);
            if (event.ctrlKey || event.metaKey || event.altKey || !(to || all))
                return;
            event.preventDefault();
            if (all)
                this.widen(this.calls[0]);
            else
                to()?.box.focus();
        });
    }
};

// The part of a report. chip(name): as above; section(id, title, ...parts) makes a part of the page.
weft.reportFlame = (profile, chip, section) => {
    const {el, count, percent, plural} = weft;
    const flame = new weft.Flame(profile, chip), {n_samples, rate_hz, n_outside, n_lost} = profile;
    const said = n_samples === 0 ? ['Nothing was seen: bodies took too little processor time']
        : rate_hz > 0 ? [`${flame.amount(n_samples)} of processor time in bodies, as ${plural(n_samples, 'sample')}, ${count(rate_hz)} a second`]
        : [`${plural(n_samples, 'sample')} of what bodies did`];
    if (n_outside > 0)
        said.push(`besides, ${flame.amount(n_outside)} outside of bodies`);
    if (n_lost > 0)
        said.push(`${flame.amount(n_lost)} lost`);

    const result = el('output', {class: 'soft'});
    const search = el('input', {type: 'search', placeholder: 'find a function', 'aria-label': 'Find a function by its name'});
    let next = 0;
    search.addEventListener('input', () => {
        const found = flame.find(search.value);
        next = 0;
        result.textContent = search.value ? `${plural(found.length, 'box', 'boxes')}, ${percent(weft.Flame.sum(found) / n_samples)}` : '';
    });
    search.addEventListener('keydown', event => {
        if (event.key === 'Enter' && flame.found?.length)
            flame.widen(flame.found[next++ % flame.found.length]);
    });

    const s = section('profile', 'Profile', el('p', {class: 'about'}, `${said.join('; ')}.`,
        n_samples > 0 && ' Beneath a function are those it called, the widest first. Click: as wide as the page; Escape: all.'
            + (flame.calls.some(c => c.many) ? ' Functions under a thousandth of all are drawn as one, “…”.' : '')));
    if (n_samples > 0) {
        s.append(flame.element);
        s.querySelector('.head').append(el('div', {class: 'tools'}, result, search,
            el('button', {type: 'button', 'aria-label': 'show all of it', title: 'show all of it', onclick: () => flame.widen(flame.calls[0])}, 'all')));
    }
    return flame;
};
