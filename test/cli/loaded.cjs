// Preloaded into a command: at its exit it prints on standard error which modules it has loaded.
process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))));
