#!/usr/bin/env bash
# Installs the build into a staging prefix and uses it from there as another project would:
# examples/embed through CMake's find_package and through pkg-config, examples/mount through
# find_package, each public header alone, the programs.
#   package_test.sh BUILD_DIR SOURCE_DIR CXX [FLAGS]
set -euo pipefail

build_dir=$1 source_dir=$2 cxx=$3 flags=${4:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

fail() {
    echo "package: $*" >&2
    exit 1
}

# Runs an example and compares what it prints with the file EXAMPLE.expected.
expect_output() {
    local program=$1
    "$program" >"$work/output" || fail "$program ended with status $?"
    diff -u "$source_dir/tests/package/${program##*/}.expected" \
        <(sed -E 's/^rescuestream [0-9]+\.[0-9]+\.[0-9]+$/rescuestream VERSION/' "$work/output") ||
        fail "$program printed something else"
}

echo "== install into a staging prefix"
cmake --install "$build_dir" --prefix "$prefix" >"$work/install.log" || {
    cat "$work/install.log" >&2
    fail "cmake --install failed"
}
if grep -rIl -e "$source_dir" -e "$build_dir" "$prefix" --include='*.cmake' --include='*.pc'; then
    fail "these installed files name the directory of the build"
fi

echo "== public headers: each compiles alone and includes only the standard library and our own"
include=$prefix/include
if grep -rhn '^ *# *include' "$include/rescuestream" | grep -E '"' | grep -v '"rescuestream/'; then
    fail "a public header includes a header that is not installed"
fi
headers=0
while read -r header; do
    echo "#include <$header>" |
        "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -H -I"$include" -x c++ - \
            2>"$work/headers" || {
        cat "$work/headers" >&2
        fail "$header does not compile alone"
    }
    if grep -E '/(httplib|pqxx/|sqlite3|rapidjson/|spdlog/|fmt/|openssl/)' "$work/headers"; then
        fail "$header needs a header of another library"
    fi
    headers=$((headers + 1))
done < <(cd "$include" && find rescuestream -name '*.hpp' | sort)
[ "$headers" -ge 30 ] || fail "only $headers public headers were installed"

# Builds an example with the installed CMake package, and runs it.
build_by_cmake() {
    local example=$1 package=$2
    cp -r "$source_dir/examples/$example" "$work/$example"
    cmake -S "$work/$example" -B "$work/$example-by-cmake" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="$flags" >"$work/cmake.log" || {
        cat "$work/cmake.log" >&2
        fail "find_package($package) failed"
    }
    cmake --build "$work/$example-by-cmake"
    expect_output "$work/$example-by-cmake/$example"
}

echo "== examples/embed by CMake"
build_by_cmake embed rescuestream

echo "== examples/embed by pkg-config"
pc_dir=$(dirname "$(find "$prefix" -name rescuestream.pc)")
[ "$pc_dir" != . ] || fail "rescuestream.pc was not installed"
PKG_CONFIG_PATH=$pc_dir LD_LIBRARY_PATH=$(dirname "$pc_dir") \
    make -C "$work/embed" CXX="$cxx" CXXFLAGS="-O0 $flags"
LD_LIBRARY_PATH=$(dirname "$pc_dir") expect_output "$work/embed/embed"

echo "== examples/mount by CMake, with the component of the server"
build_by_cmake mount "rescuestream COMPONENTS server"

echo "== installed programs"
for program in rescuestream-server rescuestream-cli; do
    [ -x "$prefix/bin/$program" ] || fail "$program was not installed"
    "$prefix/bin/$program" --version || fail "$program --version ended with status $?"
done
echo "package: $headers headers and all builds passed"
