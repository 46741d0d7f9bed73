// graph.js - a picture of a graph that can be moved and looked at from near.
'use strict';
var weft = window.weft || (window.weft = {});

weft.graph = svg => {
    const {el} = weft;
    const all = svg.viewBox.baseVal;
    const whole = {x: all.x, y: all.y, width: all.width, height: all.height};
    let box = {...whole}, held = null;
    svg.removeAttribute('width');
    svg.removeAttribute('height');
    svg.setAttribute('preserveAspectRatio', 'xMidYMid meet');

    function show() {
        svg.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`);
    }

    function place(event) {
        const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        return [at.x, at.y];
    }

    function zoom(factor, x = box.x + box.width / 2, y = box.y + box.height / 2) {
        const f = Math.min(Math.max(box.width * factor, whole.width / 60), whole.width * 1.5) / box.width;
        box = {x: x - (x - box.x) * f, y: y - (y - box.y) * f, width: box.width * f, height: box.height * f};
        show();
    }

    const frame = el('div', {class: 'graph', tabindex: 0, role: 'img', 'aria-label': 'The graph; plus and minus zoom, arrows move, 0 shows all'}, svg);
    frame.style.aspectRatio = `${whole.width} / ${whole.height}`;
    frame.addEventListener('wheel', event => {
        event.preventDefault();
        zoom(Math.exp(Math.max(-300, Math.min(300, event.deltaY)) * 0.002), ...place(event));
    }, {passive: false});
    frame.addEventListener('pointerdown', event => {
        held = place(event);
        frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener('pointermove', event => {
        if (!held)
            return;
        const [x, y] = place(event);
        box.x -= x - held[0];
        box.y -= y - held[1];
        show();
    });
    frame.addEventListener('pointerup', () => held = null);
    const reset = () => {
        box = {...whole};
        show();
    };
    frame.addEventListener('dblclick', reset);
    frame.addEventListener('keydown', event => {
        const move = (x, y) => {
            box.x += x * box.width;
            box.y += y * box.height;
            show();
        };
        const f = {'+': () => zoom(0.7), '=': () => zoom(0.7), '-': () => zoom(1 / 0.7), 0: reset,
            ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0),
            ArrowUp: () => move(0, -0.1), ArrowDown: () => move(0, 0.1)}[event.key];
        if (f && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            f();
        }
    });
    return {element: frame, zoom, reset};
};
