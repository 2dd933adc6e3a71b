import { defineConfig } from 'vitest/config';

// As it is for users, whose dmtorture stands in node_modules: loaded by Node, not by Vite.
export default defineConfig({ test: { server: { deps: { external: [/\/dist\//] } } } });
