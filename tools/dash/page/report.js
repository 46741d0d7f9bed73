// report.js - the report: what it shows, and where.
'use strict';
