using System.CommandLine;

namespace SimClr.Cli.Commands;

/// <summary>The options of <c>simclr serve</c> that say who may ask, and how it is protected.</summary>
internal sealed class ServeAccessOptions
{
    private const string Heading = "Access";
    private const string TokenVariable = "SIMCLR_TOKEN", PasswordVariable = "SIMCLR_CERTIFICATE_PASSWORD";
    private const int LongestFile = 4096;

    private readonly ValueOption _token = new("--token-file", "FILE",
        $"a file with the secret that requests must bring; or set {TokenVariable}")
    {
        Group = Heading,
    };

    private readonly FlagOption _noToken = new("--no-token",
        "let others than this machine in without: something else checks them")
    {
        Group = Heading,
    };

    private readonly ValueOption _names = new("--public-name", "NAME[:PORT],...", "names under which a proxy makes it known")
    {
        Group = Heading,
    };

    private readonly ValueOption _proxies = new("--trusted-proxy", "ADDRESS,...",
        "proxies whose X-Forwarded-For, -Host and -Proto are believed")
    {
        Group = Heading,
    };

    private readonly ValueOption _certificate = new("--certificate", "FILE",
        "speak HTTPS with this certificate, a .pem or .pfx file, and no HTTP")
    {
        Group = Heading,
    };

    private readonly ValueOption _key = new("--certificate-key", "FILE",
        $"its private key, a .pem file; the password, if any, is in {PasswordVariable}")
    {
        Group = Heading,
    };

    /// <summary>The password of the private key, or null.</summary>
    public static string? CertificatePassword => Environment.GetEnvironmentVariable(PasswordVariable);

    public void AddTo(Command command)
    {
        Option[] all = [_token, _noToken, _names, _proxies, _certificate, _key];
        foreach (var option in all) command.Options.Add(option);
    }

    public string[] PublicNames(ParseResult parsed) => List(_names.Text(parsed));

    public string[] TrustedProxies(ParseResult parsed) => List(_proxies.Text(parsed));

    public bool AllowWithoutToken(ParseResult parsed) => parsed.GetValue(_noToken);

    public string? Certificate(ParseResult parsed) => _certificate.Text(parsed);

    public string? CertificateKey(ParseResult parsed) => _key.Text(parsed);

    /// <summary>The secret: the file's text, else the environment's; not from the command line, which others can see.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public string? Token(ParseResult parsed)
    {
        if (_token.Text(parsed) is not { } path) return Environment.GetEnvironmentVariable(TokenVariable);
        try
        {
            using var file = File.OpenText(path);
            var text = new char[LongestFile];
            return new string(text, 0, file.ReadBlock(text)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: {e.Message}");
        }
    }

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
