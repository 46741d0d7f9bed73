/* weft/weft.h - everything that libweft has; pictures (weft/draw.h) are in libweft-draw, pages
 * (weft/report.h, weft/dashboard.h) in libweft-dash.
 *
 * To be read in this order, each as far as it is wanted:
 *
 *     status value graph pool          tasks, and workers that run them
 *     array frame bag, compute         collections, and their values
 *     future async spawn fork          going on meanwhile; tasks that make tasks
 *     plan explain memo save rewire    what a graph becomes, and what is not done twice
 *     config progress watch elastic    settings, and what is told of a run
 *     trace analyse export draw report what happened
 *     live dashboard                   what happens now
 *     predict profile fit              what would be faster, and where the time goes in a task
 *     source                           which files and rows a result is made from
 */
#ifndef WEFT_H
#define WEFT_H

#include <weft/analyse.h>
#include <weft/array.h>
#include <weft/async.h>
#include <weft/bag.h>
#include <weft/block.h>
#include <weft/chunk.h>
#include <weft/collection.h>
#include <weft/compute.h>
#include <weft/config.h>
#include <weft/dtype.h>
#include <weft/elastic.h>
#include <weft/explain.h>
#include <weft/export.h>
#include <weft/expr.h>
#include <weft/fit.h>
#include <weft/fork.h>
#include <weft/frame.h>
#include <weft/graph.h>
#include <weft/io.h>
#include <weft/live.h>
#include <weft/machine.h>
#include <weft/memo.h>
#include <weft/op.h>
#include <weft/plan.h>
#include <weft/pool.h>
#include <weft/predict.h>
#include <weft/profile.h>
#include <weft/progress.h>
#include <weft/random.h>
#include <weft/rewire.h>
#include <weft/rowfn.h>
#include <weft/save.h>
#include <weft/source.h>
#include <weft/spawn.h>
#include <weft/status.h>
#include <weft/trace.h>
#include <weft/value.h>
#include <weft/watch.h>

#endif
