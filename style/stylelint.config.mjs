import blocks from "./stylelint-blocks.mjs";

const SPACES = "/^(margin|padding|gap|row-gap|column-gap)/";

export default {
  extends: "stylelint-config-standard",
  plugins: [blocks],
  rules: {
    "curlew/blocks": true,
    "number-max-precision": 5,
    // Import order and prefixes are the bundler's concern; a media query and a state may follow what is more specific.
    "no-descending-specificity": null,
    // One scale of spaces and five sizes of type: `tokens.css`.
    "declaration-property-value-disallowed-list": {
      [SPACES]: ["/(^|[\\s(-])[0-9.]+(px|rem|em)/"],
      "font-size": ["/[0-9.]+rem/"],
      "text-align": ["left", "right"],
      float: ["left", "right"],
    },
    // Logical properties: text may run from right to left.
    "property-disallowed-list": ["/^(margin|padding)-(left|right)$/", "/^border-(left|right)/", "left", "right"],
  },
};
