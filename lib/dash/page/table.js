// table.js - a table that sorts itself by the column one clicks.
'use strict';
var weft = window.weft || (window.weft = {});

// columns: {label, value(row), show(row), text: true, title, bar: true}
//   value: what is sorted by; show: what is seen (a text or an element); text: to the left
//   bar:   a bar behind the cell, as long as its value is of the column's largest
// options: {sort: index, limit: rows shown at first, onclick(row), caption}
weft.table = (columns, rows, options = {}) => {
    const {el} = weft;
    let by = options.sort, down = true, all = !options.limit || rows.length <= options.limit * 1.3;
    const largest = columns.map(c => c.bar ? Math.max(...rows.map(c.value), 0) : 0);
    const body = el('tbody');
    const heads = columns.map((c, i) => el('th', {scope: 'col', class: c.text ? 'text' : 'number'},
        c.value ? el('button', {type: 'button', title: c.title || `sort by ${c.label}`, onclick: () => sort(i)}, c.label) : c.label));
    const table = el('table', {}, options.caption && el('caption', {}, options.caption), el('thead', {}, el('tr', {}, heads)), body);
    const more = el('button', {type: 'button', class: 'more', onclick: () => { all = true; fill(); }});
    const wrap = el('div', {class: 'table'}, table, more);

    function cell(c, i, row) {
        const shown = c.show ? c.show(row) : c.value(row);
        const td = el('td', {class: c.text ? 'text' : 'number', 'data-value': c.value ? c.value(row) : null}, shown);
        if (c.bar && largest[i] > 0)
            td.style.setProperty('--part', `${100 * c.value(row) / largest[i]}%`);
        td.classList.toggle('bar', !!c.bar);
        return td;
    }

    function fill() {
        const shown = all ? rows : rows.slice(0, options.limit);
        body.replaceChildren(...shown.map(row => {
            const tr = el('tr', {}, columns.map((c, i) => cell(c, i, row)));
            if (options.onclick) {
                tr.classList.add('link');
                tr.tabIndex = 0;
                tr.addEventListener('click', () => options.onclick(row));
                tr.addEventListener('keydown', e => e.key === 'Enter' && options.onclick(row));
            }
            return tr;
        }));
        more.hidden = all;
        more.textContent = `all ${weft.count(rows.length)}`;
        heads.forEach((h, i) => i === by ? h.setAttribute('aria-sort', down ? 'descending' : 'ascending')
                                         : h.removeAttribute('aria-sort'));
    }

    function sort(i) {
        down = i === by ? !down : !columns[i].text;
        by = i;
        order();
    }

    function order() {
        if (by !== undefined) {
            const value = columns[by].value;
            rows = rows.map((row, i) => [row, i]).sort(([a, i], [b, k]) => {
                const x = value(a), y = value(b);
                return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || i - k;
            }).map(([row]) => row);
        }
        fill();
    }

    rows = [...rows];
    order();
    return wrap;
};
