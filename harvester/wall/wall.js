"use strict";
(() => {
  const words = seconds => {
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1) return "방금";
    if (minutes < 120) return `${minutes}분 전`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours}시간 전` : `${Math.floor(hours / 24)}일 전`;
  };
  const age = time => (Date.now() - Date.parse(time.dateTime)) / 1000;
  const tell = () => {
    for (const time of document.querySelectorAll("time[data-age]")) {
      const told = document.createElement("span");
      told.className = "age";
      told.textContent = age(time) < -300 ? " (앞날: 시계를 확인하십시오)" : ` (${words(Math.max(0, age(time)))})`;
      time.querySelector(".age")?.remove();
      time.append(told);
    }
    const made = document.querySelector("#made");
    const old = age(made) > Number(made.dataset.old);
    document.body.classList.toggle("old", old);
    document.querySelector("#old").hidden = !old;
  };
  tell();
  setInterval(tell, 30000);
})();
