# walls.awk - who may include whom. Reads C files, prints every include that goes through a wall.
#
# Run from the root, on paths as they are there: awk -f tests/include/walls.awk lib/base/mem.c ...

BEGIN {
    # A floor, then what its includes may begin with. The floor itself needs no saying.
    may("lib/base",    "")
    may("lib/data",    "lib/base")
    may("lib/kernel",  "lib/data lib/base")
    may("lib/expr",    "lib/kernel lib/data lib/base")
    may("lib/graph",   "lib/data lib/base")
    may("lib/io",      "lib/graph lib/expr lib/kernel lib/data lib/base")
    may("lib/array",   "lib/graph lib/expr lib/kernel lib/data lib/base")
    # A bag's records may be the lines of text files: of lib/io it knows how a file is read.
    may("lib/bag",     "lib/graph lib/expr lib/kernel lib/data lib/base lib/io/file.h lib/io/lines.h")
    may("lib/frame",   "lib/array lib/bag lib/io lib/graph lib/expr lib/kernel lib/data lib/base")
    may("lib/analyse", "lib/graph lib/base")
    may("lib/draw",    "lib/graph lib/base")
    may("lib/dash",    "lib/base lib/analyse/calls.h")
    may("scheduler",   "lib/graph lib/data lib/base")
    may("tools",       "")
    may("examples",    "")
    may("include",     "")

    # Public headers: which floor speaks through them. What is not listed belongs to all.
    speaks("lib/data",    "value block chunk")
    speaks("lib/kernel",  "op")
    speaks("lib/expr",    "expr rowfn")
    speaks("lib/graph",   "explain graph memo plan save trace")
    speaks("lib/io",      "io")
    speaks("lib/array",   "array array/")
    speaks("lib/bag",     "bag bag/")
    speaks("lib/frame",   "frame frame/")
    speaks("lib/analyse", "analyse fit")
    speaks("lib/draw",    "draw")
    speaks("lib/dash",    "dashboard report")
    speaks("scheduler",   "pool")
    speaks("everybody",   "weft")

    # One door per outside library: the header, then where it may be included.
    door("hwloc.h",       "scheduler/topo.c")
    door("hwloc/",        "scheduler/topo.c")
    door("jemalloc/",     "lib/base/mem.c")
    door("Random123/",    "lib/base/random.c")
    door("xxhash.h",      "lib/base/hash.c")
    door("jansson.h",     "lib/graph/load.c tools/top/state.c")
    door("curses.h",      "tools/top/screen.c")
    door("lz4.h",         "lib/base/lz4.c")
    door("elfutils/",     "scheduler/profile_symbol.c")
    # The compiler's own.
    door("unwind.h",      "scheduler/profile_stack.c")
    door("microhttpd.h",  "lib/dash/server.h")
    door("cblas.h",       "examples/9-cholesky.c")
    door("graphviz/",     "lib/draw/graphviz.c")
    door("criterion/",    "tests/")
    # Graphviz serves one caller at a time: its door has a lock. So has the store of results.
    door("pthread.h",     "scheduler/ lib/base/lock.h lib/draw/graphviz.c lib/dash/server.h")
    door("threads.h",     "scheduler/")
    # Virtual threads: where stacks change.
    door("ucontext.h",    "scheduler/sim/switch.c")
    door("sanitizer/",    "scheduler/sim/switch.c")
    # Not a library, and a door all the same: the scheduler's go through one file, which counts
    # down what a plan holds; besides, holders of data are counted, tests count allocations, and
    # what the processor can do is asked once.
    door("stdatomic.h",   "scheduler/sync.h scheduler/sim/inside.h scheduler/sim/ops.h lib/graph/plan.h lib/data/count.h lib/base/mem.c lib/kernel/isa.c")
    door("immintrin.h",   "lib/kernel/ lib/io/")

    # The C library and the system have no door.
    free = " assert complex ctype dirent dlfcn endian errno fcntl fenv float fnmatch getopt glob " \
           "inttypes iso646 langinfo limits link locale malloc math netdb poll sched setjmp signal spawn stdalign " \
           "stdarg stdbool stddef stdint stdio stdlib stdnoreturn string strings time uchar unistd " \
           "wchar wctype "
}

function may(floor, list)           { allowed[floor] = floor "/ " list }
function speaks(floor, list,   n, i, names) {
    n = split(list, names, " ")
    for (i = 1; i <= n; i++) voice[names[i]] = floor
}
function door(header, list)         { doors[header] = list }

function floor_of(path,   n, part) {
    n = split(path, part, "/")
    return part[1] == "lib" && n > 2 ? part[1] "/" part[2] : part[1]
}

# Whether `path` begins with one of the words of `list`: a file, or all of a folder.
function within(path, list,   n, i, word) {
    n = split(list, word, " ")
    for (i = 1; i <= n; i++) {
        if (path == word[i]) return 1
        if (index(path, word[i] (word[i] ~ /\/$/ ? "" : "/")) == 1) return 1
    }
    return 0
}

function refuse(why) {
    printf "%s:%d: %s (%s)\n", FILENAME, FNR, $0, why
    n_refused++
}

function inner(path, name) {
    if (floor == "tests" || floor == "bench" || name == "config.h") return
    if (!within(name, allowed[floor])) refuse(floor " may not know " name)
}

function public(name,   base, head, owner) {
    if (floor == "tests" || floor == "bench" || floor == "tools" || floor == "examples" || floor == "include") return
    base = name
    sub(/^weft\//, "", base)
    sub(/\.h$/, "", base)
    head = base
    if (head ~ /\//) sub(/\/.*/, "/", head)
    if (!(head in voice)) return
    owner = voice[head]
    # A picture or an analysis is made of a trace; the pool makes one.
    if (owner == "scheduler" && floor == "lib/graph") return
    if (owner == "lib/analyse" && floor == "lib/draw") return
    # What a pool leaves behind when it ends is made by those who look at traces.
    if (FILENAME == "scheduler/outlet.c" && within(owner, "lib/analyse lib/draw lib/dash")) return
    # What it shows of a collection it asks as any program does.
    if (floor == "lib/draw" && within(owner, "lib/array lib/frame lib/bag")) return
    # So does a page, of all that it shows.
    if (floor == "lib/dash") return
    if (owner == floor || within(owner, allowed[floor])) return
    refuse(floor " may not know <" name ">, which is of " owner)
}

function outside(name,   d, stem) {
    for (d in doors)
        if (name == d || (d ~ /\/$/ && index(name, d) == 1)) {
            if (!within(FILENAME, doors[d]) && floor != "tests" && floor != "bench")
                refuse("the only door to " d " is " doors[d])
            return
        }
    if (floor == "tests" || floor == "bench") return
    if (name ~ /^(sys|linux|netinet|arpa)\//) return
    stem = name
    sub(/\.h$/, "", stem)
    if (!index(free, " " stem " ")) refuse("no door is known for <" name ">")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    floor = floor_of(FILENAME)
    split($0, quoted, "\"")
    inner(FILENAME, quoted[2])
}
/^[ \t]*#[ \t]*include[ \t]*</ {
    floor = floor_of(FILENAME)
    split($0, quoted, /[<>]/)
    if (quoted[2] ~ /^weft\//) public(quoted[2])
    else outside(quoted[2])
}

END { exit n_refused > 0 }
