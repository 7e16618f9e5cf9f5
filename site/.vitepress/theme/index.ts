/** VitePress' own theme, with a main landmark on the home page too. */
import { useRoute } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h, nextTick, onMounted, watch } from "vue";
import { correctSearchBox } from "./search-box";
import "./style.css";

function markHome(): void {
  const content = document.getElementById("VPContent");
  if (content?.classList.contains("is-home") === true) content.setAttribute("role", "main");
  else content?.removeAttribute("role");
}

export default {
  extends: DefaultTheme,
  Layout: {
    setup() {
      const route = useRoute();
      onMounted(markHome);
      onMounted(correctSearchBox);
      watch(
        () => route.path,
        () => nextTick(markHome),
      );
      return () => h(DefaultTheme.Layout);
    },
  },
};
