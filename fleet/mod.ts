/**
 * The runs of many test benches in PostgreSQL.
 *
 * @module
 */
export {};
