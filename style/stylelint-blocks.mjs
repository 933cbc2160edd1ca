// Names that cannot collide: a class of components/ or pages/ is the name of its file, alone or followed by a part (`chip`, `chip-list`), where
// no file of a longer name claims it. A class of another file may stand in a selector, yet not alone or last in it, unless `:is()` or `:has()`
// holds it: each block styles itself.
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import stylelint from "stylelint";

const {
  createPlugin,
  utils: { report, ruleMessages },
} = stylelint;

const ruleName = "curlew/blocks";
const messages = ruleMessages(ruleName, {
  rejected: (name, file) =>
    `Unexpected class ".${name}" in "${file}": the name of a class begins with the name of its file`,
});

const names = ["components", "pages"].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url)).map((file) => basename(file, ".css")),
);
const blockOf = (name) =>
  names.filter((block) => name === block || name.startsWith(`${block}-`)).sort((a, b) => b.length - a.length)[0];

const rule = (isEnabled) => (root, result) => {
  const file = root.source.input.file ?? "";
  if (!isEnabled || !["components", "pages"].includes(basename(dirname(file)))) return;
  const own = basename(file, ".css");
  root.walkRules((node) => {
    if (node.parent.type === "atrule" && node.parent.name === "keyframes") return;
    // Within a rule of the block, other classes say where it is or what it holds.
    const isNested = node.parent.type === "rule";
    for (const selector of node.selectors) {
      const found = [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name);
      if (isNested || found.length === 0) continue;
      if (!found.some((name) => blockOf(name) === own)) {
        report({ ruleName, result, node, message: messages.rejected(found[0], `${own}.css`) });
      }
    }
  });
};
rule.ruleName = ruleName;
rule.messages = messages;

export default createPlugin(ruleName, rule);
