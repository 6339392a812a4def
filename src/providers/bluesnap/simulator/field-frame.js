// @ts-check
/** Within a frame of the simulated fields: sends what was entered to the simulator, and to the page only whether it fits. */
const [input] = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input'));

addEventListener('message', ({ data, source, origin }) => {
  if (data !== 'submit') return;
  const request = new XMLHttpRequest();
  request.open('POST', location.pathname);
  request.onload = () => {
    const { errorCode } = JSON.parse(request.responseText);
    /** @type {Window} */ (source).postMessage({ tagId: input.name, errorCode }, origin);
  };
  request.send(input.value);
});
parent.postMessage({ ready: input.name }, '*');
