/** Imported before all else: the page's policy allows no code from text, and zod would try to make some. */
import * as z from "zod";

z.config({ jitless: true });
