# The command, the package as users get it, and what it survives. Sourced by run.

# Run the command and check its exit code and the verdict in its JSON.
expect_verdict() {
	local code=$1 verdict=$2 status=0
	shift 2
	echo "dmtorture $* -> $verdict, exit $code"
	node dist/cli/main.js "$@" --json >"$SCRATCH/report.json" || status=$?
	node -e '
		const [file, verdict, code, status] = process.argv.slice(1);
		const report = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
		if (report.verdict === verdict && code === status) process.exit(0);
		console.error(`verdict ${report.verdict}, exit ${status}`, JSON.stringify(report.faults));
		process.exit(1);
	' "$SCRATCH/report.json" "$verdict" "$code" "$status"
}

# The tour: every patch left out shows a fault, and all of them in show none.
expect_tour() {
	node dist/cli/main.js demo --json >"$SCRATCH/demo.json"
	node -e '
		const demo = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
		for (const row of demo.rows) console.log(row.patch, row.fault, row.how, row.msToFirst);
		const missed = demo.rows.filter((row) => !row.fault);
		if (demo.allClean && !missed.length && demo.rows.length >= 8) process.exit(0);
		console.error("all clean:", demo.allClean, "no fault for:", missed);
		process.exit(1);
	' "$SCRATCH/demo.json"
}

smoke() {
	expect_verdict 0 clean stress --patches all --threads 4 --duration 3s
	expect_verdict 1 fault stress --patches all,-05 --duration 10s --stop-on-fault
	expect_verdict 1 fault stress --patches none --duration 2s
	expect_tour
}

# The tarball with its binaries: Node 20 to 26, scripts blocked, types, CMake, what publint says.
package() {
	node scripts/prebuilds.cjs --compiled
	if has_aarch64; then
		node scripts/prebuilds.cjs linux-arm64-glibc
	else
		echo 'NOT DONE: binaries for arm64, since the compiler could not be installed'
	fi
	npm run test:package
}

# Short forms; CONTRIBUTING.md has the long ones.
survives() {
	node test/robust/exits.mjs 60
	node test/robust/soak.mjs 40s
	node --expose-gc test/robust/faulting.mjs ${DMTORTURE_CI_LONG:+100 100}
}

# The host of own C under sanitizers, both its processes, over programs that fault.
sanitized_own() {
	node test/robust/own-sanitized.mjs ${DMTORTURE_CI_LONG:+100 100}
}

# The fault of each row of the history on real threads. The short form is done with the first run that
# finds it; the long one asks for nine of ten.
rows_on_threads() {
	if [ -n "${DMTORTURE_CI_LONG:-}" ]; then
		node test/robust/history.mjs
	else
		node test/robust/history.mjs --once
	fi
}

# Own C without one of its answers, which has to show: an eighth of them, which one goes by the commit.
# The long form takes out each.
plants() {
	if [ -n "${DMTORTURE_CI_LONG:-}" ]; then
		node test/own/plants.mjs
	else
		node test/own/plants.mjs --part "$(part_of 8)/8"
	fi
}

# Programs with each lock that sleeps in the place of their mutexes.
under_locks() {
	node test/robust/apps.mjs "${DMTORTURE_CI_LONG:+1000}"
}

# CONTRIBUTING.md's recipes, followed on a copy.
recipes() {
	node test/recipes/run.mjs
}

many_rows() {
	node test/robust/rows.mjs
}

sanitized_address() {
	node test/robust/sanitizers.mjs address
}

sanitized_thread() {
	node test/robust/sanitizers.mjs thread
}
