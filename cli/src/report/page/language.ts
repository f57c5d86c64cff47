/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />

// Under LANG=C, Chromium calls its language `en-US@posix`, which is none, and
// uPlot, which is imported after this, would fail over it.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en" });
}
