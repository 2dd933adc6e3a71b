/**
 * What own C is between its parts: `program()` says what to build, the compiler makes an object of it,
 * the host runs that, and its debug information gives code addresses their lines and names.
 */

/** A program of the user's, as it is to be built. */
export interface ProgramSource {
  /** C and C++ sources, relative to the working directory or absolute; each once. */
  readonly files: readonly string[];
  /** The compiler, any command; undefined: clang where it is there, else gcc. */
  readonly cc: string | undefined;
  /** Flags that every file is compiled with: `-DN=2`, `-Iinclude`. */
  readonly flags: readonly string[];
  /** Compiled with -O1, which may take accesses away; else with -O0. */
  readonly optimize: boolean;
  /** Functions that are called though they are not known. */
  readonly allow: readonly string[];
  /** A `compile_commands.json` that has the flags of the files. */
  readonly compileCommands: string | undefined;
}

/** A file that the compiler read, and what was in it. */
export interface SourceFile {
  /** Relative to the working directory where it lies below it, else absolute; with slashes. */
  name: string;
  /** SHA-256 of its contents, in hexadecimal. */
  sha256: string;
}

export type CompilerFamily = 'gcc' | 'clang';

/** A program that was built, or was in the cache. */
export interface BuiltProgram {
  /** The shared object that the host loads, by its absolute path. */
  object: string;
  /** The sources in the order of {@link ProgramSource.files}, then the user's own headers. */
  files: readonly SourceFile[];
  compiler: {
    family: CompilerFamily;
    /** `14.0.6`. */
    version: string;
    /** What was called: `clang`, `/opt/gcc-13/bin/gcc`. */
    command: string;
  };
  /** `-O0` or `-O1`; `-O0 and -O2` where files differ. */
  optimization: string;
  /** What is worth a sentence, such as a function that was allowed. */
  warnings: readonly string[];
  /**
   * What touches memory of the program where nobody looks: `qsort()`, `std::string`, and calls that
   * are allowed though they are not known.
   */
  unseen: readonly string[];
  /** What verdicts assume of calls that may go several ways: `clock`, `numbers`, `wakes`. */
  assumes: readonly string[];
}

/** Where an instruction is in the sources. */
export interface CodePlace {
  /** As the programmer wrote it, demangled in C++; empty where it is not known. */
  function: string;
  /** As {@link SourceFile.name}; null where it is not known. */
  file: string | null;
  /** From 1; null where it is not known. */
  line: number | null;
}

/** Whose names are asked for: an offset in the object's data, or in its thread-local memory. */
export interface DataAddress {
  region: 'data' | 'tls';
  /** From the beginning of the object as it is loaded, or of the thread-local block. */
  offset: number;
}

/** A byte of a block of the heap, and what is known of the block's allocation. */
export interface HeapAddress {
  /** The call that allocated it, by its offset in hexadecimal. */
  call: string;
  /** The source of that. */
  statement: string;
  /** The block's number, from 1, and its size in bytes. */
  block: number;
  size: number;
  /** In the block. */
  offset: number;
}

/** What the debug information of an object says. */
export interface Symbols {
  /** Where code is, by its offset in hexadecimal as the host prints it; all in one call. */
  places(offsets: readonly string[]): Promise<ReadonlyMap<string, CodePlace>>;
  /** `queue.head`, `slots[3]`, `lock`; undefined where no variable has that address. */
  dataNames(addresses: readonly DataAddress[]): Promise<readonly (string | undefined)[]>;
  /** `node#3.next`; undefined where the allocation does not say what the block is. */
  heapNames(addresses: readonly HeapAddress[]): Promise<readonly (string | undefined)[]>;
}
