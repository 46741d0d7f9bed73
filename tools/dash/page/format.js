// format.js - numbers as people read them.
'use strict';
var weft = window.weft || (window.weft = {});
