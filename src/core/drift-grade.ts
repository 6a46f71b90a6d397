/** How a change bears on callers, worst first: calls that worked may fail, more can be called, or only words changed. */
export const DRIFT_GRADES = ['breaking', 'additive', 'wording'] as const;
export type DriftGrade = (typeof DRIFT_GRADES)[number];
