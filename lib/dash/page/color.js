// color.js - one colour for each function; and those that mean something.
'use strict';
var weft = window.weft || (window.weft = {});

(() => {
    // Told apart on light and dark. Red and orange are not among them: those are transfers and disks.
    const some = ['#4a7fe0', '#2fa77c', '#a06be0', '#d9ae1e', '#28b0c6', '#dd6fae', '#86a33a', '#8d7364',
        '#6f6ff0', '#58bf6a', '#c58ee8', '#5f8ca8'];

    weft.color = i => i < some.length ? some[i] : `hsl(${70 + (i * 137.508) % 260} ${45 + i % 3 * 12}% ${48 + i % 4 * 5}%)`;

    // Kinds of events, in the order of enum weft_event_kind. `ink`: a colour of style.css that
    // all of a kind have; else that of the function.
    weft.kinds = [
        {name: 'body'},
        {name: 'stealing', ink: '--steal', waits: true},
        {name: 'idle: no task was ready', ink: '--idle', waits: true},
        {name: 'part of a body'},
        {name: 'spawned body'},
        {name: 'idle: tasks waited for memory', ink: '--starved', waits: true},
        {name: 'idle: tasks waited for a resource or a moment', ink: '--starved', waits: true},
        {name: 'to disk', ink: '--disk'},
        {name: 'from disk', ink: '--disk'},
        {name: 'sent to a process', ink: '--transfer'},
        {name: 'received from a process', ink: '--transfer'},
    ];
})();
