-- A receiver that keeps failing is left alone for a while: work that is added meanwhile does not bring its lane forward.
alter table lanes add column held_until timestamptz;
