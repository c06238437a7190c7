import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/**
 * Which events each pattern matches, by the library that matches them in EventBridge.
 *
 * Reads lines of {"event": {…}} and {"pattern": {…}}. Answers each pattern with one line: {"matches": [positions of the
 * events so far], "complexity": how many states matching may be in at once}, or {"invalid": "why"}. A line with both is
 * answered at once, for that event alone.
 */
public final class Matches {
  private static final int MOST_COUNTED = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Compiled> COMPILED = new HashMap<>();

  private record Compiled(Machine machine, int complexity) {}

  public static void main(String[] arguments) throws Exception {
    List<JsonNode> events = new ArrayList<>();
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode said = JSON.readTree(line);
      if (said.has("event") && said.has("pattern")) {
        out.println(JSON.writeValueAsString(answer(text(said), List.of(said.get("event")))));
        out.flush();
      } else if (said.has("event")) events.add(said.get("event"));
      else out.println(JSON.writeValueAsString(answer(text(said), events)));
    }
    out.flush();
  }

  private static String text(JsonNode said) throws Exception {
    return JSON.writeValueAsString(said.get("pattern"));
  }

  private static ObjectNode answer(String pattern, List<JsonNode> events) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    Compiled compiled = COMPILED.get(pattern);
    if (compiled == null) {
      String fault = JsonRuleCompiler.check(pattern);
      if (fault != null) return answer.put("invalid", fault);
      compiled = compile(pattern);
      COMPILED.put(pattern, compiled);
    }
    answer.put("complexity", compiled.complexity());
    ArrayNode matches = answer.putArray("matches");
    for (int at = 0; at < events.size(); at += 1) {
      if (!compiled.machine().rulesForJSONEvent(events.get(at)).isEmpty()) matches.add(at);
    }
    return answer;
  }

  private static Compiled compile(String pattern) throws Exception {
    Machine machine = new Machine();
    machine.addRule("pattern", pattern);
    return new Compiled(machine, machine.evaluateComplexity(new MachineComplexityEvaluator(MOST_COUNTED)));
  }
}
