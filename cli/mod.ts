/**
 * The command line of {@link https://jsr.io/@astraguard/hil-metrics | hil-metrics}.
 *
 * @module
 */
export {};
