{
  "variables": {
    "optimize": "-O2",
    "c_standard": "-std=gnu11",
    "sources_of": "node -p \"const s = require('./native/sources.json'); ({ ...s.engines, ...s.hosts, ...s.libraries })[process.argv[1]].flatMap((part) => s.parts[part]).join(' ')\"",
    "own_on": "<!(node -p \"process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime && ['x64', 'arm64'].includes('<(target_arch)') ? 'dmtorture-own' : 'dmtorture-own-elsewhere'\")"
  },
  "target_defaults": {
    "dependencies": ["<!(node -p \"process.env.DMTORTURE_NODE_ADDON_API || require('node-addon-api').targets\"):node_addon_api_except_all"],
    "defines": ["NAPI_VERSION=8", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
    "cflags": ["-pthread", "-fvisibility=hidden", "-Wall", "-Wextra", "-fmacro-prefix-map=../="],
    "cflags_c": ["<(c_standard)", "-Werror=implicit-function-declaration"],
    "cflags_cc": ["-std=c++17", "-fvisibility-inlines-hidden"],
    "ldflags": ["-pthread"],
    "conditions": [["OS == 'linux'", { "ldflags": ["-Wl,-z,now"] }]],
    "configurations": {
      "Release": {
        "cflags!": ["-O3"],
        "cflags": ["<(optimize)"],
        "xcode_settings": { "GCC_OPTIMIZATION_LEVEL": "2" }
      }
    },
    "xcode_settings": {
      "GCC_C_LANGUAGE_STANDARD": "gnu11",
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0"
    }
  },
  "targets": [
    {
      "target_name": "stress",
      "sources": ["<!@(<(sources_of) stress)"],
      "include_dirs": [
        "native/tables",
        "native/machine",
        "native/machine/threads",
        "native/core/ledger",
        "native/core/ledger/on",
        "native/core/idr",
        "native/core/kernel",
        "native/core/dm",
        "native/programs",
        "native/locks",
        "native/locks/threads",
        "native/stress"
      ]
    },
    {
      "target_name": "explore",
      "sources": ["<!@(<(sources_of) explore)"],
      "include_dirs": [
        "native/tables",
        "native/machine",
        "native/machine/fibers",
        "native/core/ledger",
        "native/core/ledger/on",
        "native/core/idr",
        "native/core/kernel",
        "native/core/dm",
        "native/programs",
        "native/explore",
        "native/explore/memory",
        "native/explore/story",
        "native/explore_dm",
        "native/locks",
        "native/locks/fibers",
        "native/rwlocks",
        "native/refcounts",
        "native/refcounts/fibers",
        "native/verify"
      ]
    },
    {
      "target_name": "bench",
      "defines": [
        "DMTORTURE_FLAGS=\"<!(node -p \"['<(optimize)', '<(c_standard)', process.env.CFLAGS].filter(Boolean).join(' ')\")\""
      ],
      "sources": ["<!@(<(sources_of) bench)"],
      "include_dirs": [
        "native/tables",
        "native/machine",
        "native/machine/threads",
        "native/core/ledger",
        "native/core/ledger/on",
        "native/core/idr",
        "native/core/kernel",
        "native/core/dm",
        "native/programs",
        "native/bench",
        "native/bench/threads",
        "native/locks",
        "native/locks/threads",
        "native/refcounts",
        "native/rwlocks"
      ]
    },
    {
      "target_name": "dmtorture-own",
      "type": "executable",
      "sources": ["<!@(<(sources_of) <(own_on))"],
      "cflags": ["-Wno-psabi", "-fno-omit-frame-pointer", "-fexceptions"],
      "ldflags": ["-rdynamic", "-Wl,--as-needed"],
      "conditions": [["OS == 'linux'", { "libraries": ["-ldl", "-lm"] }]],
      "include_dirs": [
        "native/tables",
        "native/machine",
        "native/machine/fibers",
        "native/core/ledger",
        "native/core/ledger/on",
        "native/explore",
        "native/explore/memory",
        "native/explore/story",
        "native/own"
      ]
    }
  ],
  "conditions": [
    [
      "OS == 'linux'",
      {
        "targets": [
          {
            "target_name": "dmtorture-oops",
            "type": "executable",
            "sources": ["<!@(<(sources_of) dmtorture-oops)"],
            "cflags": ["-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-fno-inline-functions-called-once", "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections"],
            "configurations": {
              "Release": {
                "cflags!": ["<(optimize)"],
                "cflags": ["-O1"]
              }
            },
            "conditions": [
              ["target_arch == 'arm64'", {"cflags": ["-mno-omit-leaf-frame-pointer", "-mno-outline-atomics"]}]
            ],
            "ldflags": ["-Wl,--as-needed", "-Wl,--gc-sections"],
            "include_dirs": [
              "native/tables",
              "native/machine",
              "native/machine/threads",
              "native/core/ledger",
              "native/core/ledger/real",
              "native/core/idr",
              "native/core/kernel",
              "native/core/dm",
              "native/programs",
              "native/oops"
            ]
          }
        ]
      }
    ],
    [
      "own_on == 'dmtorture-own'",
      {
        "targets": [
          {
            "target_name": "dmtorture-preload",
            "type": "loadable_module",
            "sources": ["<!@(<(sources_of) dmtorture-preload)"],
            "cflags": ["-fPIC", "-fexceptions", "-fno-strict-aliasing"],
            "ldflags": ["-Wl,--as-needed"],
            "include_dirs": [
              "native/preload",
              "native/tables",
              "native/machine",
              "native/machine/threads",
              "native/locks",
              "native/locks/threads"
            ]
          }
        ]
      }
    ]
  ]
}
