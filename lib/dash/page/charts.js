// charts.js - lines over time, drawn by uPlot in the colours of the page.
'use strict';
var weft = window.weft || (window.weft = {});

// What all charts leave to the left of time, so that they stand one above the other.
weft.margin = 60;

// series: {label, values, ink: '--name' or color, fill: true, dash: true, steps: true,
//          gaps: true where its values are null between others}
// options: {height, format(y), view: the weft.View it follows and moves, end: else, sync: a word,
//           least: the top of the axis is no lower}
// Answers {element, update(x, series), follows: whether it has a view, scale: what it shows of x}.
weft.chart = (title, x, series, options = {}) => {
    const {el} = weft;
    const plot = el('div', {class: 'plot'});
    const element = el('figure', {class: 'chart'}, el('figcaption', {}, title), plot);
    const format = options.format || weft.number;
    let chart = null;

    // A colour of the page as a canvas knows it, #rrggbb, to which two digits make it transparent.
    const brush = document.createElement('canvas').getContext('2d');
    function paint(name) {
        brush.fillStyle = weft.ink(name);
        return brush.fillStyle;
    }

    function range() {
        return options.view ? [options.view.from, options.view.to] : [0, options.end || x[x.length - 1] || 1];
    }

    function axis(extra) {
        return {stroke: weft.ink('--soft'), grid: {stroke: weft.ink('--line'), width: 1}, ticks: {show: false},
            font: '11px system-ui, sans-serif', ...extra};
    }

    function build() {
        chart && chart.destroy();
        chart = new uPlot({
            width: Math.max(plot.clientWidth, 200),
            height: options.height || 150,
            padding: [8, 0, 0, 0],
            cursor: {sync: options.sync ? {key: options.sync} : undefined, y: false, points: {size: 6},
                drag: {x: true, y: false, setScale: false}},
            legend: {live: true},
            scales: {
                x: {time: false, range},
                y: {range: (u, low, high) => [0, Math.max(high * 1.06, options.least || 0) || 1]},
            },
            axes: [
                axis({splits: (u, i, from, to) => weft.ticks(from, to, u.bbox.width / devicePixelRatio / 110),
                    values: (u, ticks) => {
                        const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
                        const [from, to] = range(), edge = to - (to - from) * 22 / u.bbox.width * devicePixelRatio;
                        return ticks.map(t => t > edge ? '' : weft.tick(t, step)); // no label is cut in two
                    }, size: 26}),
                axis({splits: (u, i, low, high) => (format === weft.bytes ? weft.byteTicks : weft.ticks)(low, high, (options.height || 150) / 30),
                    values: (u, ticks) => ticks.map(options.format || weft.short), size: weft.margin}),
            ],
            series: [
                {label: 'at', value: (u, v) => v === null ? '' : weft.time(v)},
                ...series.map(s => {
                    const ink = s.color || paint(s.ink);
                    return {label: s.label, stroke: ink, width: 1.6, dash: s.dash ? [5, 4] : undefined,
                        fill: s.fill ? ink + '28' : undefined, points: {show: false}, spanGaps: s.gaps,
                        paths: s.steps ? uPlot.paths.stepped({align: 1}) : undefined,
                        value: (u, v) => v === null || v === undefined ? '' : format(v)};
                }),
            ],
            hooks: {
                setSelect: [u => {
                    if (options.view && u.select.width > 2)
                        options.view.set(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
                    u.select.width && u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
                }],
            },
        }, [x, ...series.map(s => s.values)], plot);
        chart.over.addEventListener('dblclick', () => options.view && options.view.reset());
    }

    function follow() {
        const [min, max] = range();
        chart && chart.setScale('x', {min, max});
    }

    options.view && options.view.listen(() => follow());
    new ResizeObserver(() => {
        if (plot.clientWidth && chart && Math.abs(chart.width - plot.clientWidth) > 1)
            chart.setSize({width: plot.clientWidth, height: options.height || 150});
        else if (plot.clientWidth && !chart)
            weft.whenThemed(build);
    }).observe(plot);

    return {
        element,
        follows: !!options.view,
        get scale() {
            return chart && chart.scales.x;
        },
        update(newX, newSeries) {
            x = newX;
            series = series.map((s, i) => ({...s, values: newSeries[i]}));
            chart && chart.setData([x, ...newSeries], true);
            follow();
        },
    };
};
