import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;

public class UrlConnection {
    public static void main(String[] args) throws Exception {
        String sid = System.getenv("TWILIO_ACCOUNT_SID");
        String pair = sid + ":" + System.getenv("TWILIO_AUTH_TOKEN");
        URL url = new URL("https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json");
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty(
            "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        String form = "To=%2B14108675310&From=%2B15005550006&Body=hello";
        connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
        System.out.println(new Scanner(connection.getInputStream(), "UTF-8").useDelimiter("\\A").next());
    }
}
