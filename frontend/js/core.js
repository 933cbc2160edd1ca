// What is there on every page. Whatever comes later takes it from here, so that it stays one file.
export * from "./dom.js";
export * from "./entries.js";
export * from "./net.js";
export * from "./sender.js";
export * from "./store.js";
export * from "./submitted.js";
export * from "./words.js";
