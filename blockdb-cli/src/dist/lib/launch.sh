# What the launchers in bin/ share. Sourced by them, POSIX sh, on the hot path of every command: builtins where possible,
# since each process started here costs about a millisecond of the user's time.

# resolve FILE: follows symbolic links; the answer, an absolute path without links, is left in $resolved.
resolve() {
    resolved=$1
    while [ -h "$resolved" ]; do
        link=$(readlink "$resolved") || break
        case $link in
            /*) resolved=$link ;;
            *) resolved=${resolved%/*}/$link ;;
        esac
    done
    directory=$(cd "${resolved%/*}/" 2>/dev/null && pwd -P) || return 1
    resolved=${directory%/}/${resolved##*/}
}

# use_utf8: a JVM decodes its arguments and encodes file names by the locale, and under LANG=C destroys what is not ASCII;
# no -D option changes that. A user's own UTF-8 locale is no help either when this machine lacks it.
use_utf8() {
    for locale_directory in /usr/lib/locale/C.utf8 /usr/lib/locale/C.UTF-8; do
        if [ -d "$locale_directory" ]; then
            LC_ALL=C.UTF-8
            export LC_ALL
            return
        fi
    done
    if command -v locale >/dev/null 2>&1; then
        for candidate in C.UTF-8 en_US.UTF-8 "${LC_ALL:-}" "${LC_CTYPE:-}" "${LANG:-}"; do
            case $candidate in '') continue ;; esac
            case $(LC_ALL=$candidate locale charmap 2>/dev/null) in
                UTF-8 | utf8)
                    LC_ALL=$candidate
                    export LC_ALL
                    return
                    ;;
            esac
        done
    else
        LC_ALL=C.UTF-8 # musl, where it is always there
        export LC_ALL
    fi
}

# unquote VALUE: VALUE of a line of a release file, without its quotes, in $unquoted.
unquote() {
    unquoted=${1#\"}
    unquoted=${unquoted%\"}
}

# try_java HOME NAME: accepts HOME when it holds a Java 17 or newer, and then sets java_home, java_major, java_runtime
# (the exact build) and java_vendor; else adds to $java_tried, for the message. Reads HOME/release, because starting a
# JVM to ask it costs as much as the command itself.
try_java() {
    if ! [ -x "$1/bin/java" ]; then
        java_tried="$java_tried
  $2: no bin/java in it"
        return 1
    fi
    java_version='' java_runtime='' java_vendor=unknown java_variant=Hotspot
    if [ -r "$1/release" ]; then
        while IFS='=' read -r name value; do
            case $name in
                JAVA_VERSION) unquote "$value" && java_version=$unquoted ;;
                JAVA_RUNTIME_VERSION) unquote "$value" && java_runtime=$unquoted ;;
                IMPLEMENTOR) unquote "$value" && java_vendor=${unquoted%%[!A-Za-z0-9]*} ;;
                JVM_VARIANT) unquote "$value" && java_variant=$unquoted ;;
            esac
        done <"$1/release"
    fi
    if [ -z "$java_version" ]; then
        java_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    java_major=${java_version%%[!0-9]*}
    if [ "${java_major:-0}" -lt 17 ]; then # 1.8.0 and the like included
        java_tried="$java_tried
  $2: Java ${java_version:-of unknown version}"
        return 1
    fi
    java_home=$1
    : "${java_runtime:=$java_version}"
}

# find_java: BLOCKDB_JAVA_HOME, then JAVA_HOME, then java on the PATH.
find_java() {
    java_tried=''
    if [ -n "${BLOCKDB_JAVA_HOME:-}" ] && try_java "$BLOCKDB_JAVA_HOME" "BLOCKDB_JAVA_HOME=$BLOCKDB_JAVA_HOME"; then
        return 0
    fi
    if [ -n "${JAVA_HOME:-}" ] && try_java "$JAVA_HOME" "JAVA_HOME=$JAVA_HOME"; then
        return 0
    fi
    if java_command=$(command -v java) && resolve "$java_command"; then
        directory=${resolved%/*}
        # Usually HOME/bin/java. A wrapper script of a version manager has no release file beside it: it is asked.
        try_java "${directory%/*}" "java on the PATH, $resolved" && return 0
    else
        java_tried="$java_tried
  no java on the PATH"
    fi
    echo "${0##*/}: no Java 17 or newer found. Looked at:$java_tried" >&2
    echo "Install a JDK 17 or newer, or set JAVA_HOME to where one is." >&2
    return 1
}

# java_flags WORK: options for one command into $java_options. WORK is short (compile little, start fast), long, or server:
# half of the machine's (or container's) memory for the heap, the rest for the pages of files; no more memory means an end
# that a supervisor sees, not a server that half works; no file that is written to for every collection.
java_flags() {
    java_options='-Dfile.encoding=UTF-8 -Dstdin.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8'
    java_options="$java_options -Dsun.stdout.encoding=UTF-8 -Dsun.stderr.encoding=UTF-8"
    java_options="$java_options -Dchronicle.analytics.disable=true"
    case $1 in
        short) java_options="$java_options -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData" ;;
        long) java_options="$java_options -XX:+UseParallelGC" ;;
        server)
            java_options="$java_options -XX:+UseG1GC -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError"
            java_options="$java_options -XX:+PerfDisableSharedMem"
            ;;
    esac
    if [ "$java_major" -ge 23 ]; then # Chronicle Bytes works on memory through Unsafe
        java_options="$java_options --sun-misc-unsafe-memory-access=allow"
    fi
    if [ "$java_major" -ge 25 ]; then
        java_options="$java_options -XX:+UseCompactObjectHeaders"
    fi
}

# archive_names HOME: where the class-data archive of this installation on this JVM is or would be: in $archive_home
# inside the installation, in $archive_user in the user's cache (empty where there is none), each with $archive.key
# beside it, which says in full what it was made from; $archive_key is what it has to say. A moved installation, a
# replaced jar or another JVM thus never meets a foreign archive: JDK 17 would ignore it silently, and for ever.
archive_names() {
    case $java_variant in
        Hotspot | HotSpot | hotspot | Server | server) ;;
        *) return 1 ;;
    esac
    if [ "$java_major" -ge 25 ]; then archive_type=aot; else archive_type=jsa; fi
    archive_name=$java_runtime-$java_vendor.$archive_type
    archive_home=$1/lib/cds/$archive_name
    archive_user=''
    user_cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    case $user_cache in
        /*)
            # The path itself cannot be a file name.
            if ! [ -d "$1/lib/cds" ] || ! [ -r "$archive_home" ]; then
                path_sum=$(printf '%s' "$1" | cksum)
                archive_user=$user_cache/blockdb/cds/${path_sum%% *}-$archive_name
            fi
            ;;
    esac
    archive_key="$java_runtime $java_vendor
$(wc -c "$1"/lib/*.jar)"
}

# archive_valid ARCHIVE HOME: whether it is there, made from these very jars, and not older than any of them.
archive_valid() {
    [ -n "$1" ] && [ -r "$1" ] && [ -r "$1.key" ] || return 1
    key=''
    while IFS= read -r line; do
        key=${key:+$key
}$line
    done <"$1.key"
    [ "$key" = "$archive_key" ] || return 1
    for jar in "$2"/lib/*.jar; do
        [ "$jar" -nt "$1" ] && return 1
    done
    return 0
}

# may_make_archive: whether making it could succeed: there is a place for it, and it did not fail there before.
may_make_archive() {
    for candidate in "$archive_home" "$archive_user"; do
        [ -n "$candidate" ] || continue
        place=${candidate%/*}
        while [ -n "$place" ] && ! [ -e "$place" ]; do
            place=${place%/*}
        done
        if [ -d "$place/" ] && [ -w "$place/" ]; then
            ! [ -e "$candidate.failed" ]
            return
        fi
    done
    return 1
}
