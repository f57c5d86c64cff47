/** How many colours the style sheet has for groups and satellites. */
export const COLOR_COUNT = 8;
