# C: tests plain and under sanitizers, the explorer's digest from every compiler, fuzzing, style.
# Sourced by run; a function here is a step of a lane.

CTEST_FLAGS=()

# Build and test with CMake: a build folder, then options for CMake. Warnings are errors.
ctest_build() {
	local folder=$1
	shift
	cmake -S . -B "$folder" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON "$@"
	cmake --build "$folder" -j "$JOBS"
	ctest --test-dir "$folder" --output-on-failure "${CTEST_FLAGS[@]}"
}

# With the benchmarks and the libraries they compare with, so that these still compile.
c_tests_gcc() {
	ctest_build build-ci-gcc -DDMTORTURE_BENCHMARKS=ON
}

# Twenty times as many litmus tests as c_tests_gcc compares with the axioms, other ones among them;
# and tickets of executions that no order of all accesses explains.
memory_fuzz() {
	DMTORTURE_PROGRAMS=20000 DMTORTURE_SEED=1 build-ci-gcc/test/native/memory/memory_fuzz_test
	DMTORTURE_TICKETS=100000 build-ci-gcc/test/native/memory/memory_twins_test 'walks replay'
}

# By clang, so that its warnings are errors too. The short form runs fewer of the random programs:
# they are all run without sanitizers, seven times as fast.
c_tests_address_undefined() {
	[ -n "${DMTORTURE_CI_LONG:-}" ] || local -x DMTORTURE_PROGRAMS=300
	ctest_build build-ci-asan -DCMAKE_C_COMPILER=clang -DDMTORTURE_SANITIZE=address,undefined
}

# But for what has a single thread, and takes its time.
c_tests_thread() {
	local CTEST_FLAGS=(-E '^dm_cycle_test$')
	ctest_build build-ci-tsan -DDMTORTURE_SANITIZE=thread
}

# What the explorer finds, by a build with these options for CMake; it has to be what the first
# such build found.
expect_digest() {
	local name=$1 folder=$SCRATCH/digest
	shift
	rm -rf "$folder"
	cmake -S . -B "$folder" -DCMAKE_BUILD_TYPE=None "$@" >"$SCRATCH/cmake.log" ||
		{ cat "$SCRATCH/cmake.log"; return 1; }
	cmake --build "$folder" -j "$JOBS" --target digest >"$SCRATCH/cmake.log" ||
		{ cat "$SCRATCH/cmake.log"; return 1; }
	${RUNNER:-} "$folder/test/native/explore_dm/digest" >"$SCRATCH/$name.digest"
	[ -s "$SCRATCH/first.digest" ] || cp "$SCRATCH/$name.digest" "$SCRATCH/first.digest"
	diff "$SCRATCH/first.digest" "$SCRATCH/$name.digest"
	echo "$name: $(wc -l <"$SCRATCH/$name.digest") lines, $(cksum <"$SCRATCH/$name.digest")"
}

# The same from every compiler and at every level; the short form leaves out what lies between the
# lowest and the highest. A digest that always agreed would prove nothing, so an explorer with
# another seed must differ.
digests_agree() {
	local build builds=(gcc-O0 clang-O3)
	[ -z "${DMTORTURE_CI_LONG:-}" ] || builds+=(gcc-O2 gcc-O3 clang-O0 clang-O2)
	for build in "${builds[@]}"; do
		expect_digest "$build" -DCMAKE_C_COMPILER="${build%-*}" -DCMAKE_C_FLAGS="-${build#*-}"
	done
	expect_digest sanitized -DCMAKE_C_FLAGS=-O1 -DDMTORTURE_SANITIZE=address,undefined
	expect_digest ucontext -DCMAKE_C_FLAGS=-O2 -DDMTORTURE_UCONTEXT=ON
	"$SCRATCH/digest/test/native/explore_dm/digest" 4 >"$SCRATCH/other.digest"
	! cmp -s "$SCRATCH/first.digest" "$SCRATCH/other.digest"
	digest_musl
	digest_aarch64
}

# All C with musl. Debian has no C++ library for it, so that the addons are left to Alpine itself.
digest_musl() {
	local headers=$SCRATCH/kernel-headers

	if ! command -v musl-gcc >/dev/null; then
		echo 'NOT DONE: musl, since musl-tools could not be installed'
		return
	fi
	mkdir -p "$headers"
	ln -sfn /usr/include/linux /usr/include/asm-generic "$headers"
	ln -sfn "/usr/include/$(gcc -print-multiarch)/asm" "$headers/asm"
	expect_digest musl -DCMAKE_C_COMPILER=musl-gcc -DCMAKE_EXE_LINKER_FLAGS=-static \
		"-DCMAKE_C_FLAGS=-O2 -Werror -idirafter $headers"
	cmake --build "$SCRATCH/digest" -j "$JOBS" --target dmtorture_stress dmtorture-bench \
		dmtorture-oops
	node test/robust/oops.mjs "$SCRATCH/digest/native/oops/dmtorture-oops"
}

# The explorer's tests, its digest and oops mode on aarch64, where Debian has what that takes.
digest_aarch64() {
	local cross=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
		-DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_EXE_LINKER_FLAGS=-static)

	if ! has_aarch64; then
		echo 'NOT DONE: aarch64, since its compiler or qemu-user could not be installed'
		return
	fi
	RUNNER=qemu-aarch64 expect_digest aarch64 -DCMAKE_C_FLAGS=-O2 "${cross[@]}"
	cmake --build "$SCRATCH/digest" -j "$JOBS" --target explore_classics_test dmtorture-oops
	qemu-aarch64 "$SCRATCH/digest/test/native/explore/explore_classics_test"
	node test/robust/oops.mjs "$SCRATCH/digest/native/oops/dmtorture-oops" qemu-aarch64
}

# libFuzzer for a while, and the planted faults that it has to find.
fuzz() {
	cmake -S . -B build-ci-fuzz -DCMAKE_C_COMPILER=clang -DDMTORTURE_FUZZ_SECONDS=12 \
		-DDMTORTURE_SANITIZE=fuzzer-no-link,address,undefined
	cmake --build build-ci-fuzz -j "$JOBS" --target fuzz
	ctest --test-dir build-ci-fuzz --output-on-failure -R '^(fuzz|planted)_'
}

# Which of @1 parts the short form looks at: it goes by the commit.
part_of() {
	echo $((16#$(git rev-parse --short=7 HEAD) % $1))
}

# With the analyzer as it is for editors, which is a tenth of its time, and a third of the files; the
# long form has c_tidy for all of them.
c_style() {
	local files
	mapfile -t files < <(git ls-files '*.c' '*.h' '*.cc')
	clang-format --dry-run -Werror "${files[@]}"
	echo "clang-format: ${#files[@]} files"
	TIDY_PART=$(part_of 3)/3 c_tidy -extra-arg=-Xclang -extra-arg=-analyzer-config \
		-extra-arg=-Xclang -extra-arg=mode=shallow
}

# With these options for clang-tidy; none: all of its analysis. TIDY_PART, such as 0/3: every third
# file, from that one on.
c_tidy() {
	local part=${TIDY_PART:-0/1} files
	mapfile -t files < <(git ls-files 'native/**.c' 'test/fuzz/**.c' |
		awk -v part="${part%/*}" -v parts="${part#*/}" 'NR % parts == part')
	cmake -S . -B build-ci-tidy -DCMAKE_C_COMPILER=clang >/dev/null
	run-clang-tidy -p build-ci-tidy -quiet -j "$JOBS" "$@" \
		"${files[@]/#/^$PWD/}" >"$SCRATCH/tidy.log" 2>&1 ||
		{ grep -E '(warning|error):' "$SCRATCH/tidy.log" | sort -u; return 1; }
	echo "clang-tidy: $(grep -c '^clang-tidy' "$SCRATCH/tidy.log") files"
}
