/// How the documentation pages look, in light and in dark.
enum DocumentationStyle {
    static let css = """
        :root{--bg:#fbfaf8;--card:#fff;--ink:#1d1c1a;--soft:#6b675f;--line:#e6e2da;--link:#1d5fa8;--code:#f4f1eb;
        --get:#1f7a4d;--post:#1d5fa8;--put:#8a5a00;--patch:#8a5a00;--delete:#b3261e}
        @media(prefers-color-scheme:dark){:root{--bg:#161513;--card:#1f1e1b;--ink:#ece8e1;--soft:#a39d92;
        --line:#35322d;--link:#86b7f0;--code:#292723;--get:#6ecf9d;--post:#86b7f0;--put:#e0b25c;--patch:#e0b25c;
        --delete:#f2938c}}
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;scroll-padding-top:1rem}
        body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,sans-serif;
        display:grid;grid-template-columns:17rem minmax(0,1fr)}
        nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);
        font-size:.86rem}
        nav .brand{font-weight:700;font-size:1.1rem;color:var(--ink)}
        nav h2{font-size:.74rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:1.4rem 0 .3rem}
        nav ul{list-style:none;margin:0;padding:0}
        nav li a{display:block;padding:.22rem .4rem;border-radius:.4rem;color:var(--ink)}
        nav li a:hover{background:var(--code)}
        main{padding:2.5rem clamp(1rem,4vw,4rem) 6rem;max-width:64rem}
        a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
        h1{font-size:2.1rem;line-height:1.2;margin:0}h1 small{font-size:.9rem;font-weight:500;color:var(--soft)}
        h2{margin:2.6rem 0 .8rem;font-size:1.35rem}h3{margin:0;font-size:1rem;font-weight:500}
        h4{margin:1.3rem 0 .4rem;font-size:.8rem;letter-spacing:.04em;text-transform:uppercase;color:var(--soft)}
        h4 small{text-transform:none;letter-spacing:0;font-weight:400}
        .lead{font-size:1.1rem;color:var(--soft);max-width:44rem;white-space:pre-line}
        .links{font-size:.9rem;color:var(--soft)}
        code,pre{font:.86em/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
        code{background:var(--code);padding:.1em .35em;border-radius:.3em}
        pre{background:var(--code);padding:.8rem 1rem;border-radius:.6rem;overflow:auto;margin:.4rem 0}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.8rem;margin:.7rem 0;padding:.85rem 1.1rem}
        .reader .card{padding:1.2rem 1.4rem;margin:1.2rem 0}
        summary{cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}
        summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:3px;border-radius:.3rem}
        .path{background:none;font-weight:600;font-size:.95rem}
        .lock{float:right;font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:1rem;
        padding:.05rem .6rem}
        .m{display:inline-block;min-width:4.4em;font:700 .7rem/1.5 ui-monospace,Menlo,Consolas,monospace;
        text-transform:uppercase;color:var(--soft)}
        .get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.patch{color:var(--patch)}
        .delete{color:var(--delete)}
        table{border-collapse:collapse;width:100%;font-size:.92rem}
        th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-top:1px solid var(--line)}
        tr:first-child>*{border-top:0}
        th{width:13rem;font-weight:500}th i{display:block;font-size:.75rem;color:var(--delete)}
        td p{margin:.15rem 0;color:var(--soft)}td p:empty{display:none}
        .limit{display:inline-block;margin-left:.5rem;font-size:.78rem;color:var(--soft);
        border:1px solid var(--line);border-radius:.3rem;padding:0 .35rem}
        .s2 code{color:var(--get)}.s4 code,.s5 code{color:var(--delete)}
        @media(max-width:52rem){body{display:block}nav{position:static;height:auto;border:0;
        border-bottom:1px solid var(--line)}main{padding-top:1.5rem}th{width:9rem}}
        """
}
