// dashboard_graph.js - the groups and what waits for what, in layers from left to right.
//
// Each group stands to the right of all it needs (longest path), in the order within its layer
// that the mean places of its neighbours ask for, after a few sweeps there and back (Sugiyama).
'use strict';
var weft = window.weft || (window.weft = {});

weft.most_boxes = 300;
weft.most_knees = 3000;

// Where n groups stand: the layer (depth) and the place in it of each, and by `from to` the chain
// of places a link goes through. Links that close a circle - groups may, tasks cannot - count
// for nothing.
weft.layers = (n, links) => {
    const after = Array.from({length: n}, () => []);
    for (const [from, to] of links)
        if (from !== to && from < n && to < n)
            after[from].push(to);
    const seen = new Uint8Array(n), order = [];
    for (let root = 0; root < n; root++) {
        const stack = seen[root] ? [] : [[root, 0]];
        seen[root] = 1;
        while (stack.length) {
            const top = stack[stack.length - 1], [g, i] = top;
            if (i < after[g].length) {
                const to = after[g][i];
                top[1]++;
                if (seen[to] === 1) {
                    after[g].splice(i, 1);
                    top[1]--;
                } else if (!seen[to]) {
                    seen[to] = 1;
                    stack.push([to, 0]);
                }
            } else {
                seen[g] = 2;
                order.push(g);
                stack.pop();
            }
        }
    }
    const depth = new Array(n).fill(0);
    for (const g of order.reverse())
        for (const to of after[g])
            depth[to] = Math.max(depth[to], depth[g] + 1);

    // A link over several layers is bent at a knee in each of those between: a place of its own.
    const layers = [], chains = new Map();
    let next = n;
    for (let g = 0; g < n; g++)
        (layers[depth[g]] || (layers[depth[g]] = [])).push(g);
    const near = Array.from({length: n}, () => [[], []]); // before, after
    const join = (a, b) => {
        near[a][1].push(b);
        near[b][0].push(a);
    };
    for (let g = 0; g < n; g++)
        for (const to of after[g]) {
            const chain = [g];
            for (let d = depth[g] + 1; d < depth[to] && next < n + weft.most_knees; d++) {
                near.push([[], []]);
                layers[d].push(next);
                chain.push(next++);
            }
            chain.push(to);
            for (let i = 1; i < chain.length; i++)
                join(chain[i - 1], chain[i]);
            chains.set(`${g} ${to}`, chain);
        }

    const place = new Array(next).fill(0);
    const size = g => g < n ? 62 : 22;
    const settle = layer => {
        let y = -layer.reduce((sum, g) => sum + size(g), 0) / 2;
        for (const g of layer) {
            place[g] = y + size(g) / 2;
            y += size(g);
        }
    };
    layers.forEach(settle);
    for (let sweep = 0; sweep < 8; sweep++) {
        const side = sweep % 2;
        for (const layer of side ? [...layers].reverse() : layers) {
            const wish = new Map(layer.map(g => [g, near[g][side].length
                ? near[g][side].reduce((sum, k) => sum + place[k], 0) / near[g][side].length : place[g]]));
            layer.sort((x, y) => wish.get(x) - wish.get(y) || x - y);
            settle(layer);
        }
    }
    for (let g = n; g < next; g++)
        depth.push(0);
    layers.forEach((layer, d) => layer.forEach(g => depth[g] = d));
    return {layers, depth, place, chains};
};

weft.LiveGraph = class {
    constructor(state) {
        this.state = state;
        this.element = weft.el('div', {class: 'flow'});
        this.drawn = '';
        this.boxes = [];
    }

    svg(tag, attributes, ...children) {
        const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
        for (const name in attributes)
            e.setAttribute(name, attributes[name]);
        e.append(...children);
        return e;
    }

    // Anew only when there are other groups or links; else counts and colours.
    draw() {
        const n = Math.min(this.state.groups.length, weft.most_boxes), key = `${n} ${this.state.links.length}`;
        if (key !== this.drawn) {
            this.drawn = key;
            this.build(n);
        }
        this.boxes.forEach((box, g) => this.update(box, this.state.groups[g]));
    }

    build(n) {
        const W = 158, H = 46, DX = 58, PAD = 10;
        const {layers, depth, place, chains} = weft.layers(n, this.state.links);
        const top = Math.min(0, ...place) - H / 2, bottom = Math.max(0, ...place) + H / 2;
        const width = Math.max(layers.length, 1) * (W + DX) - DX + 2 * PAD, height = bottom - top + 2 * PAD;
        const x = g => PAD + depth[g] * (W + DX), y = g => PAD + place[g] - top - H / 2, middle = g => y(g) + H / 2;
        const links = this.svg('g', {}), boxes = this.svg('g', {});
        for (const [from, to, many] of this.state.links) {
            const chain = chains.get(`${from} ${to}`);
            if (!chain)
                continue;
            let d = `M${x(from) + W} ${middle(from)}`;
            for (let i = 1; i < chain.length; i++) {
                const x0 = x(chain[i - 1]) + W, x1 = x(chain[i]) - (i === chain.length - 1 ? 4 : 0);
                const y0 = middle(chain[i - 1]), y1 = middle(chain[i]), bend = (x1 - x0) / 2;
                d += `C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}` + (i < chain.length - 1 ? `h${W}` : '');
            }
            links.append(this.svg('path', {class: 'link', 'stroke-width': (1 + Math.log10(Math.max(many, 1)) * 0.5).toFixed(1),
                'marker-end': 'url(#tip)', d}, this.svg('title', {}, weft.plural(many, 'dependency', 'dependencies'))));
        }
        this.boxes = [];
        for (let g = 0; g < n; g++) {
            const name = this.state.groups[g].name, short = name.length > 20 ? `${name.slice(0, 19)}…` : name;
            const fill = this.svg('rect', {class: 'fill', height: H, width: 0, rx: 6});
            const count = this.svg('text', {class: 'count', x: 26, y: 36});
            const box = this.svg('g', {transform: `translate(${x(g)} ${y(g)})`}, this.svg('title', {}, name),
                this.svg('rect', {class: 'box', width: W, height: H, rx: 6}), fill,
                this.svg('rect', {x: 9, y: 13, width: 10, height: 10, rx: 3, fill: weft.color(g)}),
                this.svg('text', {x: 26, y: 20}, short), count);
            boxes.append(box);
            this.boxes.push({box, fill, count, W});
        }
        // Made smaller to fit, but not so small that it cannot be read.
        this.element.replaceChildren(this.picture = this.svg('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img',
            'aria-label': `${n} groups of tasks and what waits for what`},
            this.svg('defs', {}, this.svg('marker', {id: 'tip', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8, markerHeight: 8,
                markerUnits: 'userSpaceOnUse', orient: 'auto'}, this.svg('path', {d: 'M0 0.5L7 4L0 7.5z', fill: 'var(--rule)'}))), links, boxes));
        this.picture.style.width = '100%';
        this.picture.style.minWidth = `${width * 0.6}px`;
        this.picture.style.maxWidth = `${width}px`;
    }

    update({box, fill, count, W}, g) {
        const part = g.total > 0 ? (g.done + g.skipped) / g.total : 0;
        box.setAttribute('data-state', this.state.state_of(g));
        fill.setAttribute('width', (W * Math.min(part, 1)).toFixed(1));
        count.textContent = `${weft.count(g.done)} of ${weft.count(g.total)}` + (g.running ? `, ${g.running} now` : '');
    }
};
