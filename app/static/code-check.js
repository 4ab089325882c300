// Scanning a code with the camera, where the browser can read codes by itself. What it reads is sent
// to be judged like a typed address; it is never opened.
(() => {
  "use strict";
  const form = document.getElementById("code-form");
  const box = document.getElementById("camera");
  if (!form || !box || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const video = box.querySelector("video");
  const status = box.querySelector("p");
  box.hidden = false;

  const stop = (stream) => stream.getTracks().forEach((track) => track.stop());

  const look = async (detector, stream) => {
    let found = [];
    try {
      found = await detector.detect(video);
    } catch {
      // A frame that is not there yet.
    }
    if (found.length === 1) {
      stop(stream);
      form.elements.how.value = "scanned";
      form.elements.text.value = found[0].rawValue;
      form.submit();
      return;
    }
    window.setTimeout(look, 200, detector, stream);
  };

  box.querySelector("button").addEventListener("click", async () => {
    try {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      status.textContent = box.dataset.looking;
      look(detector, stream);
    } catch {
      video.hidden = true;
      status.textContent = box.dataset.none;
    }
  });
})();
