"""OAuth 2 for programs and apps (SMART App Launch 2): what they may ask for, how they prove who they are."""
