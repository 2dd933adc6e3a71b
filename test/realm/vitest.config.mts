import { defineConfig } from 'vitest/config';

const pools = ['forks', 'threads', 'vmThreads', 'vmForks'] as const;

// As it is for users, whose dmtorture stands in node_modules: loaded by the pool, not by Vite.
const server = { deps: { external: [/\/dist\//] } };

export default defineConfig({
  test: {
    projects: pools.map((pool) => ({
      test: { name: pool, pool, server, include: ['*.spec.mts'] },
    })),
  },
});
