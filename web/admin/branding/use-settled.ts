import { useEffect, useState } from 'react';

/** Nobody sees more of a page than this while they type. */
const QUIET_MS = 300;

/** A value once it has stayed the same for a moment. */
export function useSettled<Value>(value: Value): Value {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as Value;
}
