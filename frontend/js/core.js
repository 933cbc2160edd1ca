// The modules of every page. Modules that are loaded later import them from here, so that they stay in one file.
export * from "./dom.js";
export * from "./entries.js";
export * from "./fetch.js";
export * from "./sync.js";
export * from "./store.js";
export * from "./submitted.js";
export * from "./format.js";
