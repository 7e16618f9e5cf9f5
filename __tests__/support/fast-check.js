/**
 * fast-check as tests import it: what is tried depends on the commit, so that a change meets the same cases here, in
 * CI and when a failure is looked into, and the next commit meets others. `PROPERTY_SEED=N` tries those of a seed.
 */
const fc = require("../../node_modules/fast-check");
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.PROPERTY_SEED) });
module.exports = fc;
